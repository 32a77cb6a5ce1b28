import { appendAudit, withoutSenders } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { protectMessage } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { protectedMessageSchema, protectMessageSchema } from './schemas.ts';

export const addMessage = route({
  method: 'post',
  path: '/api/v1/protected/messages',
  id: 'protectMessage',
  summary: 'Protect a message',
  description: 'From now on, also from plans that are frozen already. Again: with the new reason.',
  role: 'admin',
  body: protectMessageSchema,
  responses: { 201: { description: 'Protected.', content: { 'application/json': protectedMessageSchema } } },
  async handle({ body, principal }, { appId, db }) {
    const message = { ...body, topicId: body.topicId ?? null };
    const details = await withoutSenders(db, appId, message);
    const added = await inTransaction(db, async (trx) => {
      const row = await protectMessage(trx, appId, { ...message, createdBy: principal.name });
      await appendAudit(trx, actorOf(principal), { action: 'protected.add', details });
      return row;
    });
    return json(added, 201);
  },
});
