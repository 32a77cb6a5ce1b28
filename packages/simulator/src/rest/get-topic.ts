import { lastMsgTime, nextMsgSeq, type Conversation } from '../world/group.ts';
import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { isRefusal, namedConversation } from './fields.ts';

/** `get_topic` (intl 49469): topics of a community, with the next sequence of each; no `TopicIdList` means all. */
export const getTopic: Command = (body, { world }) => {
  const own = namedConversation(world, { GroupId: body.GroupId });
  if (isRefusal(own)) return own;
  const { group } = own;
  if (group.type !== 'Community') return fail(10007, 'only a community has topics');
  const ids = body.TopicIdList ?? [];
  if (!Array.isArray(ids)) return fail(10004, 'TopicIdList must be an array');
  const wanted = ids.length > 0 ? ids : [...group.conversations.keys()].filter((id) => id !== null);
  return succeed({
    TopicAndSelfInfo: wanted.map((id: string) => topicInfo(id, group.groupId, group.conversations.get(id))),
  });
};

function topicInfo(topicId: string, groupId: string, conversation: Conversation | undefined): Record<string, unknown> {
  const { ErrorCode, ErrorInfo } = conversation ? succeed() : fail(10010, 'the topic does not exist');
  return {
    ErrorCode,
    ErrorInfo,
    TopicInfo: {
      TopicId: topicId,
      ...(conversation && {
        TopicName: topicId.slice(topicId.indexOf('#_', groupId.length) + 2),
        // Printed like this, with a capital D, here only.
        GroupID: groupId,
        NextMsgSeq: nextMsgSeq(conversation),
        LastMsgTime: lastMsgTime(conversation),
      }),
    },
  };
}
