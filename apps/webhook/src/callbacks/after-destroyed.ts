import { FieldReader } from '../field-reader.ts';
import { cleanText } from '@chat-recall/shared/messages';
import type { BodyFields } from '../parse-body.ts';
import type { Parsed } from './parsed.ts';

/** `Group.CallbackAfterGroupDestroyed`: a group was disbanded (intl 34377). */
export function parseAfterGroupDestroyed(body: BodyFields): Parsed {
  const fields = new FieldReader(body);
  const groupId = fields.requiredText('GroupId');
  const eventTime = fields.milliseconds('EventTime');
  if (fields.fault !== undefined) return { kind: 'malformed', fault: fields.fault };
  return { kind: 'gone', groupId, topicIds: null, eventTime };
}

/** `Group.CallbackAfterTopicDestroyed`: topics of a community were deleted, several at once (intl 49465). */
export function parseAfterTopicDestroyed(body: BodyFields): Parsed {
  const fields = new FieldReader(body);
  const groupId = fields.requiredText('GroupId');
  const list = fields.requiredArray('TopicIdList');
  for (const [at, topicId] of list.entries()) {
    if (typeof topicId !== 'string' || topicId === '')
      fields.refuse(`TopicIdList[${at}]`, 'must be a non-empty string');
  }
  const eventTime = fields.milliseconds('EventTime');
  if (fields.fault !== undefined) return { kind: 'malformed', fault: fields.fault };
  return { kind: 'gone', groupId, topicIds: list.map((topicId) => cleanText(String(topicId))), eventTime };
}
