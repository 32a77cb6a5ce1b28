import { appendAudit, pseudonymize } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { getErasure, judgeErasure, previewErasure, requestErasure } from '@chat-recall/shared/erasure';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { erasurePreviewSchema, erasureRequestSchema, erasureSchema } from './schemas.ts';

export const createErasure = route({
  method: 'post',
  path: '/api/v1/erasures',
  id: 'createErasure',
  summary: 'Erase a person',
  description:
    "Without `confirm` nothing happens, and the answer says what names the person. With it the workers take the person's texts and id out of index, plans, outcomes, evidence, queue and pseudonyms; counts and rows stay, and so does the audit, which never held the id. What arrives later is new. An erasure of the same person that is under way is answered instead of another one.",
  role: 'admin',
  body: erasureRequestSchema,
  responses: {
    200: { description: 'What would be erased.', content: { 'application/json': erasurePreviewSchema } },
    202: {
      description: 'The erasure as it stands.',
      content: { 'application/json': erasureSchema },
      headers: { Location: 'Path of the erasure' },
    },
  },
  problems: ['conflict'],
  async handle({ body: { sender, reason, confirm = false }, principal }, { appId, db, reads }) {
    judgeErasure({ sender, reason });
    const found = await previewErasure(reads, appId, sender);
    if (!confirm) return json({ found });
    const [pseudonym] = await pseudonymize(db, appId, [sender]);
    const erasureId = await inTransaction(db, async (trx) => {
      const asked = { appId, sender, reason, requestedBy: principal.name, found };
      const { id, created } = await requestErasure(trx, asked);
      const details = { erasureId: id, sender: pseudonym, reason, found };
      if (created) await appendAudit(trx, actorOf(principal), { action: 'erasure.create', details });
      return id;
    });
    return json(await getErasure(db, appId, erasureId), 202, { location: `/api/v1/erasures/${erasureId}` });
  },
});
