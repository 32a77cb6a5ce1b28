import { appendAudit, withoutSenders } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { createRecall, getRecall } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { partsOfSelector } from '../../http/asked-app.ts';
import { route } from '../../http/route.ts';
import { boundsOf } from './bounds.ts';
import { enqueuePromptly } from './enqueue-promptly.ts';
import { recallSchema, requestSchema } from './schemas.ts';

/** Of what makes something: sent again, it makes nothing more. */
export const idempotencyKey = z
  .string()
  .regex(/^[ -~]{1,255}$/u, 'must be 1 to 255 printable ASCII characters')
  .describe('The same key with the same body gives the recall that the first request made; with another body, 409')
  .optional();

export const create = route({
  method: 'post',
  path: '/api/v1/recalls',
  id: 'createRecall',
  summary: 'Make a recall',
  description:
    'Stores the recall; workers plan it and, unless `mode` is `plan`, carry it out. A plan larger than a moderator may have carried out alone waits for the approval of another person; one larger than the token may recall at all fails. Recalling cannot be undone.',
  role: 'moderator',
  headers: { 'Idempotency-Key': idempotencyKey },
  body: requestSchema,
  responses: {
    202: {
      description: 'The recall as it stands: mostly `planning` still.',
      content: { 'application/json': recallSchema },
      headers: { Location: 'Path of the recall' },
    },
  },
  problems: ['conflict'],
  async handle({ body, headers, principal }, given) {
    const parts = partsOfSelector(given, body.selector);
    const { appId, db } = parts;
    const details = await withoutSenders(db, appId, body);
    const recall = await inTransaction(db, async (trx) => {
      const { id, created } = await createRecall(trx, {
        appId,
        request: body,
        requestedBy: principal.name,
        source: 'api',
        idempotencyKey: headers['Idempotency-Key'] ?? null,
        bounds: boundsOf(principal, parts),
      });
      const made = await getRecall(trx, appId, id);
      // Last, since all that is audited waits for it until it is committed.
      if (created) await appendAudit(trx, actorOf(principal), { action: 'recall.create', recallId: id, details });
      return made;
    });
    await enqueuePromptly(parts, recall);
    return json(recall, 202, { location: `/api/v1/recalls/${recall.id}` });
  },
});
