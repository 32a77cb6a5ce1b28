import { sendMessage } from '../world/send-message.ts';
import { lastMsgTime, type Conversation } from '../world/group.ts';
import { fail, succeed } from './answer.ts';
import type { Command, CommandContext } from './command.ts';
import { isRecord, isRefusal, namedConversation, wholeNumber } from './fields.ts';
import { isMessageBody } from './send-group-msg.ts';

const mostMessages = 7;

/**
 * `import_group_msg` (intl 34968): up to 7 messages, each with a `Result` of its own and none with a callback. A time
 * must lie before now and after the conversation's newest message; the group's age is not looked at, since groups of
 * the stand-in are as old as the test.
 */
export const importGroupMsg: Command = (body, context) => {
  const { MsgList: list } = body;
  if (!Array.isArray(list) || list.length < 1 || list.length > mostMessages) {
    return fail(10004, `MsgList must hold 1 to ${mostMessages} messages`);
  }
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;
  if (conversation.group.type === 'AVChatRoom') return fail(10007);
  return succeed({ ImportMsgResult: list.map((item: unknown) => importOne(item, conversation, context)) });
};

function importOne(item: unknown, conversation: Conversation, { now, random }: CommandContext) {
  const message = isRecord(item) ? item : {};
  const time = wholeNumber(message.SendTime, 1, Math.floor(now / 1000));
  const number = wholeNumber(message.Random, 0, 2 ** 32 - 1, 0);
  const { From_Account: from, MsgBody: elements } = message;
  const ascends = time !== undefined && time >= lastMsgTime(conversation);
  if (!ascends || number === undefined || typeof from !== 'string' || !isMessageBody(elements)) {
    return { MsgSeq: 0, MsgTime: time ?? 0, Result: 10004 };
  }
  const imported = { from, body: elements, msgTime: time, ...(message.Random !== undefined && { random: number }) };
  const { msgSeq, msgTime } = sendMessage(conversation, imported, now, random);
  return { MsgSeq: msgSeq, MsgTime: msgTime, Result: 0 };
}
