import type { MessageElement } from '../samples/elements.ts';
import { nextMsgSeq } from '../world/group.ts';
import { sendMessage } from '../world/send-message.ts';
import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRecord, isRefusal, namedConversation, wholeNumber } from './fields.ts';

const mostBodyBytes = 12 * 1024;

const priorities = new Map([
  ['High', 1],
  ['Normal', 2],
  ['Low', 3],
]);

const messagesPerSecondOfAGroup = 40;

/**
 * `send_group_msg` (intl 34959, cn 1629). What is over 40 messages/s of a group (intl 33526) is dropped while the answer
 * says success, `High` ones too, with the sequence that another message will have: the documents' sample has one.
 * Duplicates by `Random` are not imitated.
 */
export const sendGroupMsg: Command = (body, context) => {
  const random = wholeNumber(body.Random, 0, 2 ** 32 - 1);
  if (random === undefined) return fail(10004, 'Random must be an unsigned 32-bit Integer');
  const messageBody = body.MsgBody;
  if (!isMessageBody(messageBody)) return fail(10004, 'MsgBody must hold items {MsgType, MsgContent}');
  if (Buffer.byteLength(JSON.stringify(messageBody)) > mostBodyBytes) return fail(80002);
  const { From_Account: from = context.identifier, CloudCustomData: custom = '', MsgPriority: name = 'Normal' } = body;
  if (typeof from !== 'string') return fail(10004, 'From_Account must be a string');
  if (typeof custom !== 'string') return fail(10004, 'CloudCustomData must be a string');
  const priority = priorities.get(String(name));
  if (!priority) return fail(10004, 'MsgPriority must be High, Normal or Low');
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;

  if (context.countMessage(conversation.group.groupId) > messagesPerSecondOfAGroup) {
    const MsgTime = Math.floor(context.now / 1000);
    return succeed({ MsgTime, MsgSeq: nextMsgSeq(conversation), MsgDropReason: 'MsgFreqCtrl' });
  }

  const message = {
    from,
    operator: context.identifier,
    body: messageBody,
    random,
    priority,
    onlineOnly: body.OnlineOnlyFlag === 1,
    cloudCustomData: custom,
  };
  const sent = sendMessage(conversation, message, context.now, context.random);
  const forbidden = Array.isArray(body.ForbidCallbackControl) ? body.ForbidCallbackControl : [];
  if (!forbidden.includes('ForbidAfterSendMsgCallback')) context.notify(sent.callback);
  return succeed({ MsgTime: sent.msgTime, MsgSeq: sent.msgSeq });
};

/** A `MsgBody`: at least one element, each with its type and content. */
export function isMessageBody(value: unknown): value is MessageElement[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isRecord(item) && typeof item.MsgType === 'string' && isRecord(item.MsgContent))
  );
}
