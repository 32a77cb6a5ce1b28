import { isMessageBody } from '../rest/send-group-msg.ts';
import type { NewMessage } from '../scene.ts';
import type { AdminHandler } from './admin-api.ts';
import { oneOrMany, stringField } from './read.ts';

const optionalFields = {
  topicId: 'string',
  operator: 'string',
  text: 'string',
  msgTime: 'number',
  random: 'number',
  priority: 'number',
  onlineOnly: 'boolean',
  cloudCustomData: 'string',
  callback: 'boolean',
} as const;

/** `POST /_standin/send` with one or many messages; gives sequence, time and callback body of each. */
export const sendMessages: AdminHandler = ({ scene }, _query, body) => {
  const messages = oneOrMany(body).map(readMessage);
  return { sent: messages.map((message) => scene.send(message)) };
};

function readMessage(item: Record<string, unknown>): NewMessage {
  const message: Record<string, unknown> = { groupId: stringField(item, 'groupId'), from: stringField(item, 'from') };
  for (const [name, type] of Object.entries(optionalFields)) {
    if (item[name] === undefined || item[name] === null) continue;
    if (typeof item[name] !== type) throw new Error(`${name} must be a ${type}`);
    message[name] = item[name];
  }
  if (item.body !== undefined) {
    if (!isMessageBody(item.body)) throw new Error('body must hold items {MsgType, MsgContent}');
    message.body = item.body;
  }
  // Every field was looked at above.
  return message as unknown as NewMessage;
}
