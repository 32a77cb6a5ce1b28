import { listRecalls } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { commaList, text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { searchable } from '../clean-text.ts';
import { pageLimit } from '../page-limit.ts';
import { recallPageSchema, recallStates, selectorSchema } from './schemas.ts';

const position = z.strictObject({ id: z.uuid() });

export const list = route({
  method: 'get',
  path: '/api/v1/recalls',
  id: 'listRecalls',
  summary: 'List recalls, newest first',
  role: 'viewer',
  query: {
    state: commaList(z.array(z.enum(recallStates)).default([]).describe('Only in these states')),
    requestedBy: text(searchable(200).describe('Only those that this person or program asked for').optional()),
    createdFrom: text(selectorSchema.shape.sentFrom.describe('Only those asked for from then on')),
    createdTo: text(selectorSchema.shape.sentTo.describe('Only those asked for before')),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page of recalls.', content: { 'application/json': recallPageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { items, next } = await listRecalls(reads, {
      appId,
      states: query.state,
      requestedBy: query.requestedBy ?? null,
      createdFrom: query.createdFrom === undefined ? null : new Date(query.createdFrom),
      createdTo: query.createdTo === undefined ? null : new Date(query.createdTo),
      before: fromCursor(query.cursor, position)?.id ?? null,
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
