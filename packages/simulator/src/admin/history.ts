import type { NewHistory } from '../scene.ts';
import type { AdminHandler } from './admin-api.ts';
import { oneOrMany, stringField } from './read.ts';

/** `POST /_standin/history` with one or many `{groupId, topicId?, count, sentFrom?, sentTo?, from?}`; no callbacks. */
export const addHistories: AdminHandler = ({ scene }, _query, body) => {
  const histories = oneOrMany(body).map(readHistory);
  return { lastMsgSeqs: histories.map((history) => scene.addHistory(history)) };
};

function readHistory(item: Record<string, unknown>): NewHistory {
  const { topicId, count, from } = item;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) throw new Error('count must be a number');
  if (topicId !== undefined && topicId !== null && typeof topicId !== 'string') throw new Error('topicId must be text');
  for (const name of ['sentFrom', 'sentTo']) {
    if (item[name] !== undefined && typeof item[name] !== 'number') throw new Error(`${name} must be a number`);
  }
  const people = from ?? ['mira'];
  if (!Array.isArray(people) || people.length === 0 || !people.every((name) => typeof name === 'string')) {
    throw new Error('from must be a list of strings');
  }
  // Every field was looked at above.
  const { body: _body, ...fields } = item;
  return { ...fields, groupId: stringField(item, 'groupId'), count };
}
