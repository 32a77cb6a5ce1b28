import { listErasures } from '@chat-recall/shared/erasure';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { erasurePageSchema } from './schemas.ts';

const position = z.strictObject({ id: z.uuid() });

export const listErasuresRoute = route({
  method: 'get',
  path: '/api/v1/erasures',
  id: 'listErasures',
  summary: 'List erasures, newest first',
  description: 'Those under way and those that are done.',
  role: 'admin',
  query: { cursor: text(cursorSchema), limit: pageLimit },
  responses: { 200: { description: 'A page of erasures.', content: { 'application/json': erasurePageSchema } } },
  async handle({ query }, { appId, reads }) {
    const before = fromCursor(query.cursor, position)?.id ?? null;
    const { items, next } = await listErasures(reads, { appId, before, limit: query.limit });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
