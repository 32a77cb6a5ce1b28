import type { AdminHandler } from './admin-api.ts';

/** `GET /_standin/messages?groupId=&topicId=`: the stored messages, of all groups without a `groupId`, oldest first. */
export const listMessages: AdminHandler = ({ scene }, query) => {
  const groupId = query.get('groupId');
  const topicId = query.get('topicId');
  const messages = [...scene.messages()].filter(
    (message) => message.groupId === (groupId ?? message.groupId) && message.topicId === (topicId ?? message.topicId),
  );
  return { messages };
};
