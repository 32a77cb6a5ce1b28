import { listBackfills } from '@chat-recall/shared/history';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { backfillPageSchema } from './schemas.ts';

const position = z.strictObject({ id: z.uuid() });

export const listBackfillsRoute = route({
  method: 'get',
  path: '/api/v1/backfills',
  id: 'listBackfills',
  summary: 'List backfills, newest first',
  description: 'Also those that have ended.',
  role: 'viewer',
  query: { cursor: text(cursorSchema), limit: pageLimit },
  responses: { 200: { description: 'A page of backfills.', content: { 'application/json': backfillPageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { items, next } = await listBackfills(reads, {
      appId,
      before: fromCursor(query.cursor, position)?.id ?? null,
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
