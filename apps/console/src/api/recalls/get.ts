import { getRecall } from '@chat-recall/shared/recalls';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { recallParams, recallSchema } from './schemas.ts';

export const get = route({
  method: 'get',
  path: '/api/v1/recalls/{id}',
  id: 'getRecall',
  summary: 'One recall with its counts',
  description: 'As it is at this moment. `watchRecall` tells of changes.',
  role: 'viewer',
  params: recallParams,
  responses: { 200: { description: 'The recall.', content: { 'application/json': recallSchema } } },
  async handle({ params }, { appId, db }) {
    return json(await getRecall(db, appId, params.id));
  },
});
