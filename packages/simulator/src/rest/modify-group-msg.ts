import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRefusal, namedConversation, wholeNumber } from './fields.ts';
import { isMessageBody } from './send-group-msg.ts';

/**
 * `modify_group_msg` (intl 47948): the message is another one from now on, and no callback tells. What a sequence
 * without an editable message answers is not documented; here it is 10030. `CloudCustomData` is not kept, since no
 * command gives it back.
 */
export const modifyGroupMsg: Command = (body, context) => {
  const { MsgBody: elements, CloudCustomData: custom } = body;
  if (elements === undefined && custom === undefined) return fail(10004, 'MsgBody or CloudCustomData must be there');
  if (elements !== undefined && !isMessageBody(elements)) return fail(10004, 'MsgBody must hold {MsgType, MsgContent}');
  if (custom !== undefined && typeof custom !== 'string') return fail(10004, 'CloudCustomData must be a string');
  const msgSeq = wholeNumber(body.MsgSeq, 1, Number.MAX_SAFE_INTEGER);
  if (msgSeq === undefined) return fail(10004, 'MsgSeq must be an Integer');
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;
  if (conversation.group.type === 'AVChatRoom') return fail(10007);
  const message = conversation.messages[msgSeq - 1];
  if (!message || message.system || message.recalled) return fail(10030);
  if (elements !== undefined) {
    message.bodyAsSent ??= message.body;
    message.body = elements;
  }
  return succeed();
};
