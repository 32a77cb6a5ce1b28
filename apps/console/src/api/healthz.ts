import { z } from 'zod';
import { json } from '../http/answer.ts';
import { route } from '../http/route.ts';
import { component } from '../openapi/components.ts';

const aliveSchema = component(z.object({ alive: z.literal(true) }), { id: 'Alive', description: 'The process runs.' });

export const healthz = route({
  method: 'get',
  path: '/healthz',
  id: 'getHealth',
  summary: 'Whether the process is alive',
  description: 'Asks nothing else: a supervisor restarts what does not answer.',
  role: 'public',
  responses: { 200: { description: 'It is.', content: { 'application/json': aliveSchema } } },
  handle: () => json({ alive: true }),
});
