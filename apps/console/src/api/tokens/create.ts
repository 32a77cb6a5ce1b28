import { createToken } from '@chat-recall/shared/access';
import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { RecallError } from '@chat-recall/shared/errors';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { newTokenSchema, tokenRequestSchema } from './schemas.ts';

export const makeToken = route({
  method: 'post',
  path: '/api/v1/tokens',
  id: 'createToken',
  summary: 'Make a token',
  description: 'Its secret stands in this answer and nowhere else.',
  role: 'admin',
  body: tokenRequestSchema,
  responses: { 201: { description: 'The token with its secret.', content: { 'application/json': newTokenSchema } } },
  async handle({ body, principal }, { db, now }) {
    const expiresAt = body.expiresAt == null ? null : new Date(body.expiresAt);
    if (expiresAt !== null && expiresAt.getTime() <= now()) {
      const message = 'must be in the future';
      throw new RecallError('invalid_request', `expiresAt ${message}`, [{ path: 'expiresAt', message }]);
    }
    const { token, secret } = await inTransaction(db, async (trx) => {
      const made = await createToken(trx, {
        name: body.name,
        person: body.person,
        role: body.role,
        maxMessages: body.maxMessages ?? null,
        expiresAt: expiresAt?.toISOString() ?? null,
        createdBy: principal.name,
      });
      const { id, name, person, role, maxMessages } = made.token;
      const details = { id, name, person, role, maxMessages, expiresAt: made.token.expiresAt };
      await appendAudit(trx, actorOf(principal), { action: 'token.create', details });
      return made;
    });
    return json({ ...token, secret }, 201);
  },
});
