import { deleteSessionsOf } from '@chat-recall/shared/access';
import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { z } from 'zod';
import { actorOf, configuredAdmin } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component, requestComponent } from '../../openapi/components.ts';
import { searchable } from '../clean-text.ts';

const endSchema = requestComponent(z.strictObject({ person: searchable(200) }), {
  id: 'EndSessions',
  description: 'Whose sessions end.',
});
const endedSchema = component(z.object({ ended: z.int() }), {
  id: 'EndedSessions',
  description: 'How many there were.',
});

export const endSessions = route({
  method: 'post',
  path: '/api/v1/session/end',
  id: 'endSessions',
  summary: "End a person's sessions",
  description:
    'All of them, at once, whichever way they were begun. Tokens of the person stay: revoke them, and shut the person out at the provider of identities, or they log in again.',
  role: 'admin',
  body: endSchema,
  responses: { 200: { description: 'They are over.', content: { 'application/json': endedSchema } } },
  async handle({ body: { person }, principal }, { db }) {
    const ended = await inTransaction(db, async (trx) => {
      const count = await deleteSessionsOf(trx, person, person === configuredAdmin.person);
      await appendAudit(trx, actorOf(principal), { action: 'session.end', details: { person, ended: count } });
      return count;
    });
    return json({ ended });
  },
});
