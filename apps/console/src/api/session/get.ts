import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { describe, sessionSchema } from './schemas.ts';

export const getSession = route({
  method: 'get',
  path: '/api/v1/session',
  id: 'getSession',
  summary: 'Who is asking',
  description: 'By a session or by a token.',
  role: 'viewer',
  responses: { 200: { description: 'Who it is.', content: { 'application/json': sessionSchema } } },
  handle: ({ principal, session }, parts) => json(describe(principal, session?.csrfToken ?? null, parts)),
});
