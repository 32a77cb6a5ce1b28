import { appendAudit, withoutSenders } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { protectSender } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { protectedSenderSchema, protectSenderSchema } from './schemas.ts';

export const addSender = route({
  method: 'post',
  path: '/api/v1/protected/senders',
  id: 'protectSender',
  summary: 'Protect a sender',
  description: 'From now on, also from plans that are frozen already. Again: with the new reason.',
  role: 'admin',
  body: protectSenderSchema,
  responses: { 201: { description: 'Protected.', content: { 'application/json': protectedSenderSchema } } },
  async handle({ body: { sender, reason }, principal }, { appId, db }) {
    const details = await withoutSenders(db, appId, { sender, reason });
    const added = await inTransaction(db, async (trx) => {
      const row = await protectSender(trx, appId, { sender, reason, createdBy: principal.name });
      await appendAudit(trx, actorOf(principal), { action: 'protected.add', details });
      return row;
    });
    return json(added, 201);
  },
});
