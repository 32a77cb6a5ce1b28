import { listAudit } from '@chat-recall/shared/audit';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { searchable } from '../clean-text.ts';
import { pageLimit } from '../page-limit.ts';
import { auditPageSchema } from './schemas.ts';

const position = z.strictObject({ id: z.int() });

export const readAudit = route({
  method: 'get',
  path: '/api/v1/audit',
  id: 'listAudit',
  summary: 'What was done, by whom, why and from where',
  description: 'The newest first.',
  role: 'approver',
  query: {
    action: text(searchable(100).describe('Only this action').optional()),
    actor: text(searchable(200).describe('Only by the token of this name, or by this person').optional()),
    recallId: text(z.uuid('must be the id of a recall').describe('Only with this recall').optional()),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page.', content: { 'application/json': auditPageSchema } } },
  async handle({ query }, { reads }) {
    const { items, next } = await listAudit(reads, {
      action: query.action ?? null,
      actor: query.actor ?? null,
      recallId: query.recallId ?? null,
      before: fromCursor(query.cursor, position)?.id ?? null,
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor({ id: next }) });
  },
});
