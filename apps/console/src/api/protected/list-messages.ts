import { listProtectedMessages } from '@chat-recall/shared/recalls';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { protectedMessagesSchema } from './schemas.ts';

export const listMessages = route({
  method: 'get',
  path: '/api/v1/protected/messages',
  id: 'listProtectedMessages',
  summary: 'List messages that no recall takes back',
  description: 'With the reason and who protected them, the newest first.',
  role: 'viewer',
  responses: { 200: { description: 'All of them.', content: { 'application/json': protectedMessagesSchema } } },
  handle: async (_request, { appId, reads }) => json({ items: await listProtectedMessages(reads, appId) }),
});
