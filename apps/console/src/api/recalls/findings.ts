import { appendAudit } from '@chat-recall/shared/audit';
import { getRecall, listFindings, type PlanFinding } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { pageLimit } from '../page-limit.ts';
import { recallParams } from './schemas.ts';

const position = z.strictObject({ conversationId: z.int(), msgSeq: z.int() });

const findingPageSchema = component(
  z.object({
    items: z.array(
      z.object({
        groupId: z.string(),
        topicId: z.string().nullable(),
        msgSeq: z.int(),
        finding: z
          .enum(['sender_differs', 'no_match', 'edited'])
          .describe('The first two were left out of the plan; what was edited and still matches is in it'),
        sender: z.string().nullable().describe('Whom the callback named'),
        toldSender: z.string().nullable().describe('Whom history names'),
        text: z.string().nullable().describe('What it says now; null: it was not read again'),
        foundAt: z.iso.datetime(),
      }) satisfies z.ZodType<PlanFinding>,
    ),
    nextCursor: z.string().nullable(),
  }),
  { id: 'FindingPage', description: 'By conversation, the newest sequence first.' },
);

export const findings = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/findings',
  id: 'listFindings',
  summary: 'What the comparison with history found out about a plan',
  description:
    'Of recalls with `verifySenders` or `refresh`: planned messages of which history says something else than the callback did. Reading it is written into the audit.',
  role: 'reader',
  params: recallParams,
  query: { cursor: text(cursorSchema), limit: pageLimit },
  responses: { 200: { description: 'A page.', content: { 'application/json': findingPageSchema } } },
  async handle({ params, query, principal }, { appId, db, reads }) {
    const { id } = await getRecall(db, appId, params.id);
    await appendAudit(db, actorOf(principal), {
      action: 'findings.read',
      recallId: id,
      details: { limit: query.limit },
    });
    const { items, next } = await listFindings(reads, {
      recallId: id,
      after: fromCursor(query.cursor, position),
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor(next) });
  },
});
