import { nextMsgSeq, type StoredMessage } from '../world/group.ts';
import { expiredBefore } from '../world/recall-messages.ts';
import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRefusal, namedConversation, wholeNumber } from './fields.ts';

const mostMessages = 20;

const place = { ordinary: 0, hole: 1, recalled: 2 };

/**
 * `group_msg_get_simple` (intl 34971, cn 2738): history, newest first. The asked range is `ReqMsgNumber` sequences down
 * from `ReqMsgSeq`, inclusive; recalled messages in it are left out unless `WithRecalledMsg` is 1, and nothing further
 * down is given in their place.
 */
export const groupMsgGetSimple: Command = (body, context) => {
  const asked = wholeNumber(body.ReqMsgNumber, 1, Number.MAX_SAFE_INTEGER);
  if (asked === undefined) return fail(10004, 'ReqMsgNumber must be a positive Integer');
  const from = wholeNumber(body.ReqMsgSeq, 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (from === undefined) return fail(10004, 'ReqMsgSeq must be an Integer');
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;
  if (conversation.group.type === 'AVChatRoom') return fail(10044);

  const newest = Math.min(from, nextMsgSeq(conversation) - 1);
  const oldest = Math.max(newest - Math.min(asked, mostMessages), 0);
  const range = conversation.messages.slice(oldest, newest).reverse();
  const expiry = expiredBefore(conversation, context.rules, context.now);
  const hasExpired = (message: StoredMessage) => message.msgTime < expiry;
  const shown = body.WithRecalledMsg === 1 ? range : range.filter((message) => !message.recalled);
  const cutShort = asked > mostMessages;
  return succeed({
    GroupId: conversation.group.groupId,
    IsFinished: !cutShort ? 1 : range.every(hasExpired) ? 2 : 0,
    RspMsgList: shown.map((message) => historyItem(message, hasExpired(message))),
  });
};

function historyItem(message: StoredMessage, expired: boolean): Record<string, unknown> {
  const where = expired ? place.hole : message.recalled ? place.recalled : place.ordinary;
  return {
    From_Account: message.from,
    IsPlaceMsg: where,
    ...(message.system && { IsSystemMsg: 1 }),
    // A tip's body is an object, not an array: seen in public traffic, not documented.
    MsgBody: where !== place.ordinary ? [] : message.system ? { OpType: 1 } : message.body,
    MsgPriority: message.priority,
    MsgRandom: message.random,
    MsgSeq: message.msgSeq,
    MsgTimeStamp: message.msgTime,
  };
}
