import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRefusal, namedConversation, wholeNumber } from './fields.ts';

/**
 * `clear_group_msg` (intl 65970, cn 95617): hides messages up to `MsgSeq` from clients, which are not imitated; what
 * the REST API gives stays the same, and no callback fires. Not for communities.
 */
export const clearGroupMsg: Command = (body, { world }) => {
  const upTo = wholeNumber(body.MsgSeq, 1, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (upTo === undefined) return fail(10004, 'MsgSeq must be an Integer');
  const conversation = namedConversation(world, body);
  if (isRefusal(conversation)) return conversation;
  return conversation.group.type === 'Community' ? fail(10007) : succeed();
};
