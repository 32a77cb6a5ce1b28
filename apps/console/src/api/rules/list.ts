import { listRules } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { commaList, text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { recallStates } from '../recalls/schemas.ts';
import { rulePageSchema } from './schemas.ts';

const position = z.strictObject({ id: z.uuid() });

export const listRulesRoute = route({
  method: 'get',
  path: '/api/v1/rules',
  id: 'listRules',
  summary: 'List standing rules, newest first',
  description: 'Each with what it did, also those that have expired or were cancelled.',
  role: 'viewer',
  query: {
    state: commaList(z.array(z.enum(recallStates)).default([]).describe('Only in these states')),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page of rules.', content: { 'application/json': rulePageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { items, next } = await listRules(reads, {
      appId,
      states: query.state,
      before: fromCursor(query.cursor, position)?.id ?? null,
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
