import { getBackfill } from '@chat-recall/shared/history';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { backfillDetailsSchema, backfillParams } from './schemas.ts';

export const getBackfillRoute = route({
  method: 'get',
  path: '/api/v1/backfills/{id}',
  id: 'getBackfill',
  summary: 'One backfill with what is to be said of its parts',
  description: 'As it is at this moment.',
  role: 'viewer',
  params: backfillParams,
  responses: { 200: { description: 'The backfill.', content: { 'application/json': backfillDetailsSchema } } },
  async handle({ params }, { appId, reads }) {
    return json(await getBackfill(reads, appId, params.id));
  },
});
