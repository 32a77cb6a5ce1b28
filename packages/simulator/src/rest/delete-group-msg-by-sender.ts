import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRefusal, namedConversation } from './fields.ts';

const reach = 1000;

/**
 * `delete_group_msg_by_sender` (intl 34970, cn 2359): a recall mark on what the sender wrote among the latest 1,000
 * messages. Silent: neither clients nor callbacks nor the answer tell what it met, and in a live group it does nothing.
 */
export const deleteGroupMsgBySender: Command = (body, context) => {
  const { Sender_Account: sender } = body;
  if (typeof sender !== 'string' || sender === '') return fail(10004, 'Sender_Account must be a string');
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;
  if (conversation.group.type === 'AVChatRoom') return succeed();
  for (const message of conversation.messages.slice(-reach)) {
    if (message.from === sender && !message.system) {
      message.recalled ??= { at: context.now, by: context.identifier };
    }
  }
  return succeed();
};
