import { getRule } from '@chat-recall/shared/recalls';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { ruleParams, ruleSchema } from './schemas.ts';

export const getRuleRoute = route({
  method: 'get',
  path: '/api/v1/rules/{id}',
  id: 'getRule',
  summary: 'One standing rule with what it did',
  description: 'Its messages are those of the recall of the same id.',
  role: 'viewer',
  params: ruleParams,
  responses: { 200: { description: 'The rule.', content: { 'application/json': ruleSchema } } },
  async handle({ params }, { appId, db }) {
    return json(await getRule(db, appId, params.id));
  },
});
