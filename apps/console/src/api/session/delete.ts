import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { noSessionCookie } from '../../auth/cookies.ts';
import { actorOf } from '../../auth/roles.ts';
import { noContent } from '../../http/answer.ts';
import { route } from '../../http/route.ts';

export const logOut = route({
  method: 'delete',
  path: '/api/v1/session',
  id: 'logOut',
  summary: 'Log out',
  description: 'Ends the session. With a token there is none to end, and nothing happens.',
  role: 'viewer',
  responses: { 204: { description: 'There is no session any more.', content: {} } },
  async handle({ principal, session, secure }, { db, identities }) {
    if (session === null) return noContent();
    await inTransaction(db, async (trx) => {
      await identities.end(trx, session);
      await appendAudit(trx, actorOf(principal), { action: 'session.delete' });
    });
    return noContent({ 'set-cookie': noSessionCookie(secure) });
  },
});
