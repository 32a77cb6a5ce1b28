import { groupTypes, type NewGroup } from '../world/group.ts';
import type { AdminHandler } from './admin-api.ts';
import { oneOrMany, stringField } from './read.ts';

/** `POST /_standin/groups` with one or many `{groupId, type, topics?, recallSupported?}`. */
export const addGroups: AdminHandler = ({ scene }, _query, body) => {
  const groups = oneOrMany(body).map(readGroup);
  return { groups: groups.map((group) => scene.addGroup(group)) };
};

/** `DELETE /_standin/groups?groupId=&topicId=`: a topic, or the whole group; gives the callback body. */
export const destroyGroup: AdminHandler = ({ scene }, query) => {
  const groupId = query.get('groupId') ?? '';
  const topicId = query.get('topicId');
  const callback = topicId === null ? scene.destroyGroup(groupId) : scene.destroyTopics(groupId, [topicId]);
  return { callback };
};

function readGroup(item: Record<string, unknown>): NewGroup {
  const type = groupTypes.find((known) => known === item.type);
  if (!type) throw new Error(`type must be one of ${groupTypes.join(', ')}`);
  const { topics = [], recallSupported = true } = item;
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === 'string')) {
    throw new Error('topics must be a list of strings');
  }
  if (typeof recallSupported !== 'boolean') throw new Error('recallSupported must be a boolean');
  return { groupId: stringField(item, 'groupId'), type, topics, recallSupported };
}
