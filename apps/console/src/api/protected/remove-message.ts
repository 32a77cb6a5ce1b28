import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { unprotectMessage } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { noContent } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { messageKeySchema } from './schemas.ts';

export const removeMessage = route({
  method: 'post',
  path: '/api/v1/protected/messages/remove',
  id: 'unprotectMessage',
  summary: 'Protect a message no longer',
  description: 'Calls and plans from now on may touch the message again. When it is not protected nothing happens.',
  role: 'admin',
  body: messageKeySchema,
  responses: { 204: { description: 'The message is not protected.', content: {} } },
  async handle({ body, principal }, { appId, db }) {
    const message = { ...body, topicId: body.topicId ?? null };
    await inTransaction(db, async (trx) => {
      if (!(await unprotectMessage(trx, appId, message))) return;
      await appendAudit(trx, actorOf(principal), { action: 'protected.remove', details: message });
    });
    return noContent();
  },
});
