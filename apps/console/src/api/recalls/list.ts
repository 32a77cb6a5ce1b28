import { RecallError } from '@chat-recall/shared/errors';
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
  description: 'Parameters are joined by AND, the states of `state` by OR. Without any, all recalls.',
  role: 'viewer',
  query: {
    state: commaList(z.array(z.enum(recallStates)).default([]).describe('Only in these states')),
    requestedBy: text(searchable(200).describe('Only those that this person or program asked for').optional()),
    createdFrom: text(selectorSchema.shape.sentFrom.describe('Only those asked for from then on')),
    createdTo: text(selectorSchema.shape.sentTo.describe('Only those asked for before; later than createdFrom')),
    kind: text(z.enum(['recall', 'rule']).optional().describe('Only ordinary recalls, or only standing rules')),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page of recalls.', content: { 'application/json': recallPageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { createdFrom, createdTo } = query;
    if (createdFrom !== undefined && createdTo !== undefined && Date.parse(createdFrom) >= Date.parse(createdTo)) {
      const message = 'must be later than createdFrom';
      throw new RecallError('invalid_request', `createdTo ${message}`, [{ path: 'createdTo', message }]);
    }
    const { items, next } = await listRecalls(reads, {
      appId,
      states: query.state,
      requestedBy: query.requestedBy ?? null,
      createdFrom: createdFrom === undefined ? null : new Date(createdFrom),
      createdTo: createdTo === undefined ? null : new Date(createdTo),
      kind: query.kind ?? null,
      before: fromCursor(query.cursor, position)?.id ?? null,
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
