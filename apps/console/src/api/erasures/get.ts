import { getErasure } from '@chat-recall/shared/erasure';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { erasureSchema } from './schemas.ts';

export const getErasureRoute = route({
  method: 'get',
  path: '/api/v1/erasures/{id}',
  id: 'getErasure',
  summary: 'An erasure: how far it is',
  description: 'Who asked for it, why, and what it changed.',
  role: 'admin',
  params: z.object({ id: z.uuid().describe('Id of an erasure') }),
  responses: { 200: { description: 'The erasure.', content: { 'application/json': erasureSchema } } },
  handle: async ({ params }, { appId, db }) => json(await getErasure(db, appId, params.id)),
});
