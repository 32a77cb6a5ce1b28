import { getRecall, listEvidence, type Evidence } from '@chat-recall/shared/recalls';
import { appendAudit } from '@chat-recall/shared/audit';
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

const evidencePageSchema = component(
  z.object({
    items: z.array(
      z.object({
        groupId: z.string(),
        topicId: z.string().nullable(),
        msgSeq: z.int(),
        sender: z.string(),
        sentAt: z.iso.datetime(),
        text: z.string(),
        textKept: z.boolean().describe('false: the index did not keep it, or it was erased since'),
        messageTypes: z.array(z.string()),
        recalledAt: z.iso.datetime(),
      }) satisfies z.ZodType<Evidence>,
    ),
    nextCursor: z.string().nullable(),
  }),
  {
    id: 'EvidencePage',
    description: 'What a recall took back, as it was; by conversation, the newest sequence first.',
  },
);

export const evidence = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/evidence',
  id: 'listEvidence',
  summary: 'What a recall took back, for an appeal',
  description:
    'Kept for EVIDENCE_RETENTION_DAYS, also after the messages themselves have left the index. Reading it is written into the audit.',
  role: 'reader',
  params: recallParams,
  query: { cursor: text(cursorSchema), limit: pageLimit },
  responses: { 200: { description: 'A page.', content: { 'application/json': evidencePageSchema } } },
  async handle({ params, query, principal }, { appId, db, reads }) {
    const { id } = await getRecall(db, appId, params.id);
    await appendAudit(db, actorOf(principal), {
      action: 'evidence.read',
      recallId: id,
      details: { limit: query.limit },
    });
    const { items, next } = await listEvidence(reads, {
      recallId: id,
      after: fromCursor(query.cursor, position),
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor(next) });
  },
});
