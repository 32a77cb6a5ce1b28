import { FieldReader, isFields } from '../field-reader.ts';
import type { BodyFields } from '../parse-body.ts';
import type { Parsed } from './parsed.ts';

/**
 * `Group.CallbackAfterRecallMsg`: messages were recalled, by a client or by `group_msg_recall`, ours
 * included (intl 46979, cn 73141). It may come before the messages themselves.
 */
export function parseAfterRecallMsg(body: BodyFields, receivedAt: number): Parsed {
  const fields = new FieldReader(body);
  const groupId = fields.requiredText('GroupId');
  const msgSeqs = readMsgSeqList(fields);
  const topicId = fields.text('TopicId');
  const groupType = fields.text('Type');
  const operator = fields.text('Operator_Account');
  const eventTime = fields.milliseconds('EventTime');
  if (fields.fault !== undefined) return { kind: 'malformed', fault: fields.fault };
  return {
    kind: 'recalled',
    conversation: { groupId, topicId, groupType },
    msgSeqs,
    recalledAt: eventTime ?? receivedAt,
    eventTime,
    operator: operator === '' ? null : operator,
  };
}

function readMsgSeqList(fields: FieldReader): number[] {
  const list = fields.requiredArray('MsgSeqList');
  if (list.length === 0) fields.refuse('MsgSeqList', 'must not be empty');
  return list.map((item, at) => {
    const inner = new FieldReader(isFields(item) ? item : {});
    const msgSeq = inner.requiredSequence('MsgSeq');
    inner.text('MsgId');
    if (inner.fault !== undefined) fields.refuse(`MsgSeqList[${at}].${inner.fault.path}`, inner.fault.message);
    return msgSeq;
  });
}
