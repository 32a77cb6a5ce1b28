import { plainText } from '../http/answer.ts';
import { route } from '../http/route.ts';

export const metrics = route({
  method: 'get',
  path: '/metrics',
  id: 'getMetrics',
  summary: 'Figures for Prometheus',
  description: 'Of this process.',
  role: 'public',
  responses: { 200: { description: 'Prometheus text format.', content: { 'text/plain': 'text' } } },
  handle: async (_request, { registry }) => plainText(await registry.metrics(), registry.contentType),
});
