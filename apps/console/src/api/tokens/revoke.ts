import { revokeToken } from '@chat-recall/shared/access';
import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tokenParams, tokenSchema } from './schemas.ts';

export const revoke = route({
  method: 'post',
  path: '/api/v1/tokens/{id}/revoke',
  id: 'revokeToken',
  summary: 'Make a token useless',
  description: 'At once, with all sessions that were made from it. Again does no harm.',
  role: 'admin',
  params: tokenParams,
  responses: { 200: { description: 'The token as it is now.', content: { 'application/json': tokenSchema } } },
  async handle({ params, principal }, { db, now }) {
    const token = await inTransaction(db, async (trx) => {
      const { token: found, revoked } = await revokeToken(trx, params.id, new Date(now()));
      const details = { id: found.id, name: found.name, person: found.person };
      if (revoked) await appendAudit(trx, actorOf(principal), { action: 'token.revoke', details });
      return found;
    });
    return json(token);
  },
});
