import { listProtectedSenders } from '@chat-recall/shared/recalls';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { protectedSendersSchema } from './schemas.ts';

export const listSenders = route({
  method: 'get',
  path: '/api/v1/protected/senders',
  id: 'listProtectedSenders',
  summary: 'List senders whom no recall touches',
  description: 'With the reason and who protected them, the newest first.',
  role: 'viewer',
  responses: { 200: { description: 'All of them.', content: { 'application/json': protectedSendersSchema } } },
  handle: async (_request, { appId, reads }) => json({ items: await listProtectedSenders(reads, appId) }),
});
