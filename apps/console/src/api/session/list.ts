import { listSessions, type OpenSession } from '@chat-recall/shared/access';
import { z } from 'zod';
import { configuredAdmin } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { roleSchema } from './schemas.ts';

const time = z.iso.datetime();

const openSessionSchema = component(
  z.object({
    person: z.string().describe('Whose it is; all of theirs are ended together'),
    name: z.string().describe('Of the token, or whom the provider of identities named'),
    role: roleSchema,
    by: z.enum(['token', 'provider']).describe('With what it was begun'),
    createdAt: time,
    lastUsedAt: time.describe('When its person last asked for something, to the minute'),
    current: z.boolean().describe('Whether it is the one that asks'),
  }) satisfies z.ZodType<OpenSession>,
  { id: 'OpenSession', description: 'A log-in in a browser that holds.' },
);
const openSessionsSchema = component(z.object({ items: z.array(openSessionSchema) }), {
  id: 'OpenSessions',
  description: 'All sessions, by person, the one used last first.',
});

export const listOpenSessions = route({
  method: 'get',
  path: '/api/v1/sessions',
  id: 'listSessions',
  summary: 'List sessions',
  description:
    'Who is logged in to the console in a browser. Those of an earlier CONSOLE_ADMIN_TOKEN or of earlier settings of the provider let nobody in any more, but stand here until half an hour after their last use.',
  role: 'admin',
  responses: { 200: { description: 'All of them.', content: { 'application/json': openSessionsSchema } } },
  handle: async ({ session }, { reads, now }) =>
    json({ items: await listSessions(reads, configuredAdmin, session?.hash ?? null, new Date(now())) }),
});
