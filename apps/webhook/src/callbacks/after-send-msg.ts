import { isDocumentedType, type ReadContent } from '@chat-recall/shared/messages';
import { FieldReader, isFields } from '../field-reader.ts';
import type { BodyFields } from '../parse-body.ts';
import type { Parsed } from './parsed.ts';

/**
 * `Group.CallbackAfterSendMsg`: a group message was sent (intl 34375, cn 2661). Only `GroupId`, `MsgSeq`
 * and `MsgBody` have been there in all versions; the other documented fields must be right if they are.
 */
export function parseAfterSendMsg(body: BodyFields, receivedAt: number, read: ReadContent): Parsed {
  const fields = new FieldReader(body);
  const groupId = fields.requiredText('GroupId');
  const onlineOnly = fields.integer('OnlineOnlyFlag', 0, 1) === 1;
  // What an online-only message has as its sequence is not documented; it is not used either.
  const msgSeq = fields.requiredSequence('MsgSeq', onlineOnly ? 0 : 1);
  const msgBody = readMsgBody(fields);
  const topicId = fields.text('TopicId');
  const groupType = fields.text('Type');
  const sender = fields.text('From_Account');
  const msgTime = fields.seconds('MsgTime');
  const eventTime = fields.milliseconds('EventTime');
  for (const name of ['Operator_Account', 'MsgId', 'CloudCustomData', 'MsgPriority']) fields.text(name);
  fields.integer('Random');
  fields.array('GroupAtInfo');
  if (fields.fault !== undefined) return { kind: 'malformed', fault: fields.fault };
  // Such a message is not kept by the platform, cannot be recalled, and its sequence may be another's.
  if (onlineOnly) return { kind: 'online_only' };

  return {
    kind: 'message',
    conversation: { groupId, topicId, groupType },
    msgSeq,
    msgTime: msgTime ?? eventTime ?? receivedAt,
    eventTime,
    sender,
    ...read(msgBody),
  };
}

interface Element {
  readonly MsgType: string;
}

/**
 * Elements need a type, and those that are documented their content; what is in it is not judged, for
 * clients put into it what they like.
 */
function readMsgBody(fields: FieldReader): readonly Element[] {
  const elements = fields.requiredArray('MsgBody');
  for (const [at, element] of elements.entries()) {
    if (!isFields(element)) fields.refuse(`MsgBody[${at}]`, 'must be an object');
    else if (typeof element['MsgType'] !== 'string') fields.refuse(`MsgBody[${at}].MsgType`, 'must be a string');
    else if (isDocumentedType(element['MsgType']) && !isFields(element['MsgContent'])) {
      fields.refuse(`MsgBody[${at}].MsgContent`, 'must be an object');
    }
  }
  return elements as readonly Element[];
}
