import { appendAudit, pseudonymize } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { unprotectSender } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { noContent } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { senderOnlySchema } from './schemas.ts';

export const removeSender = route({
  method: 'post',
  path: '/api/v1/protected/senders/remove',
  id: 'unprotectSender',
  summary: 'Protect a sender no longer',
  description:
    'Calls and plans from now on may touch the sender again. When the sender is not protected nothing happens.',
  role: 'admin',
  body: senderOnlySchema,
  responses: { 204: { description: 'The sender is not protected.', content: {} } },
  async handle({ body: { sender }, principal }, { appId, db }) {
    const [pseudonym] = await pseudonymize(db, appId, [sender]);
    await inTransaction(db, async (trx) => {
      if (!(await unprotectSender(trx, appId, sender))) return;
      await appendAudit(trx, actorOf(principal), { action: 'protected.remove', details: { sender: pseudonym } });
    });
    return noContent();
  },
});
