import { listCoverage, summarizeCoverage, summarizeGroup } from '@chat-recall/shared/history';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { searchable } from '../clean-text.ts';
import { pageLimit } from '../page-limit.ts';
import { coveragePageSchema } from './schemas.ts';

const position = z.strictObject({ missing: z.int(), conversationId: z.int() });

export const listCoverageRoute = route({
  method: 'get',
  path: '/api/v1/coverage',
  id: 'listCoverage',
  summary: 'How complete the index is',
  description:
    'Over the whole app or one group, and by conversation, those that miss most first. Callbacks come once and may be lost: missing sequences are found from the numbers of those that came, and asked for from the history of the platform.',
  role: 'viewer',
  query: {
    groupId: text(searchable(256).describe('Only the conversations of this group').optional()),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page.', content: { 'application/json': coveragePageSchema } } },
  async handle({ query }, { appId, reads }) {
    const [summary, { items, next }] = await Promise.all([
      query.groupId === undefined ? summarizeCoverage(reads, appId) : summarizeGroup(reads, appId, query.groupId),
      listCoverage(reads, {
        appId,
        groupId: query.groupId ?? null,
        after: fromCursor(query.cursor, position),
        limit: query.limit,
      }),
    ]);
    return json({ summary, items, nextCursor: next === null ? null : toCursor(next) });
  },
});
