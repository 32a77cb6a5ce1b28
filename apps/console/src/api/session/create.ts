import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { actorOf } from '../../auth/roles.ts';
import { sessionCookieWith } from '../../auth/cookies.ts';
import { json } from '../../http/answer.ts';
import { tooManyAttempts } from '../../http/admission.ts';
import { Refusal } from '../../http/problem.ts';
import { route } from '../../http/route.ts';
import { describe, logInSchema, sessionSchema } from './schemas.ts';

export const logIn = route({
  method: 'post',
  path: '/api/v1/session',
  id: 'logIn',
  summary: 'Log in with a token',
  description:
    'Begins a session, whose secret goes into a cookie. It ends after 30 minutes in which its person asked for nothing (requests with `X-Background: 1` are no doing of a person), after 12 hours, and with its token. A session that the request came with ends.',
  role: 'public',
  body: logInSchema,
  responses: {
    200: {
      description: 'Logged in.',
      content: { 'application/json': sessionSchema },
      headers: { 'Set-Cookie': 'The session' },
    },
  },
  problems: ['unauthenticated', 'too_many_attempts', 'unavailable'],
  async handle({ body, principal, secure, formerSession }, parts) {
    const { db, identities, logIns } = parts;
    const asker = { ...actorOf(principal), via: 'browser' as const };
    const attempt = logIns.attempt(principal.address);
    if ('retryAfterSeconds' in attempt) throw tooManyAttempts('log-ins', attempt.retryAfterSeconds);
    const holder = await identities.byToken(body.token);
    if (holder === null) {
      await appendAudit(db, asker, { action: 'session.refused' });
      throw new Refusal('unauthenticated', 'the token is not known here', {
        'www-authenticate': 'Bearer realm="chat-recall"',
      });
    }
    attempt.succeeded();
    const former = await formerSession();
    const { secret, session } = await inTransaction(db, async (trx) => {
      if (former !== null) await identities.end(trx, former);
      const begun = await identities.begin(trx, { by: 'token', holder, token: body.token });
      const { name, person, role } = holder;
      await appendAudit(trx, { ...asker, name, person, role }, { action: 'session.create' });
      return begun;
    });
    return json(describe(holder, session.csrfToken, parts), 200, { 'set-cookie': sessionCookieWith(secret, secure) });
  },
});
