import { readiness, type Readiness } from '@chat-recall/shared/metrics';
import { z } from 'zod';
import { json } from '../http/answer.ts';
import { route } from '../http/route.ts';
import { component } from '../openapi/components.ts';

const readinessSchema = component(
  z.object({
    ready: z.boolean(),
    parts: z.record(z.string(), z.string()).describe('`ok`, or why a part does not answer'),
  }) satisfies z.ZodType<Readiness>,
  {
    id: 'Readiness',
    description: 'Whether the process can do its work.',
    examples: [
      { ready: false, parts: { database: 'ok', migrations: 'ok', queue: 'connect ECONNREFUSED 127.0.0.1:6379' } },
    ],
  },
);
const content = { 'application/json': readinessSchema };

export const readyz = route({
  method: 'get',
  path: '/readyz',
  id: 'getReadiness',
  summary: 'Whether database, migrations and queue are there',
  description: 'Each part has three seconds to answer.',
  role: 'public',
  responses: {
    200: { description: 'All parts answer.', content },
    503: { description: 'A part does not answer.', content },
  },
  async handle(_request, { checks }) {
    const state = await readiness(checks);
    return json(state, state.ready ? 200 : 503);
  },
});
