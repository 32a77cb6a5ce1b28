import { RecallError } from '@chat-recall/shared/errors';
import { conversationsOf, fold, searchMessages } from '@chat-recall/shared/messages';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { list, text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { selectorSchema } from '../recalls/schemas.ts';
import { messagePageSchema } from './schemas.ts';

const position = z.strictObject({ msgTime: z.iso.datetime(), conversationId: z.int(), msgSeq: z.int() });
/** Judged as in a selector, so that what is found here can be recalled. */
const { senders, keywords, groupIds, topicIds, sentFrom, sentTo } = selectorSchema.shape;

export const search = route({
  method: 'get',
  path: '/api/v1/messages',
  id: 'searchMessages',
  summary: 'Search the index, newest first',
  description: 'Parameters are joined by AND, the values of one by OR. Without any, the newest messages of all groups.',
  role: 'moderator',
  query: {
    sender: list(senders),
    keyword: list(keywords),
    groupId: list(groupIds),
    topicId: list(topicIds),
    sentFrom: text(sentFrom),
    sentTo: text(sentTo),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page of messages.', content: { 'application/json': messagePageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { sentFrom: from, sentTo: to } = query;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
      const message = 'must be later than sentFrom';
      throw new RecallError('invalid_request', `sentTo ${message}`, [{ path: 'sentTo', message }]);
    }
    const { items, next } = await searchMessages(reads, {
      selection: {
        appId,
        senders: query.sender ?? [],
        excludeSenders: [],
        keywords: (query.keyword ?? []).map(fold),
        conversationIds: await conversationsOf(reads, appId, query.groupId ?? [], query.topicId ?? []),
        sequences: null,
      },
      sentFrom: from === undefined ? null : new Date(from),
      sentTo: to === undefined ? null : new Date(to),
      after: fromCursor(query.cursor, position),
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor(next) });
  },
});
