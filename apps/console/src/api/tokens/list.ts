import { listTokens } from '@chat-recall/shared/access';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { tokensSchema } from './schemas.ts';

export const listAllTokens = route({
  method: 'get',
  path: '/api/v1/tokens',
  id: 'listTokens',
  summary: 'List tokens',
  description: 'Those that are expired or revoked, too: the audit names them.',
  role: 'admin',
  responses: { 200: { description: 'All of them.', content: { 'application/json': tokensSchema } } },
  handle: async (_request, { reads }) => json({ items: await listTokens(reads) }),
});
