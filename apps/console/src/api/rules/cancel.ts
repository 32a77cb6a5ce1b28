import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { cancelRecall, getRule } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { emptyBody } from '../recalls/schemas.ts';
import { ruleParams, ruleSchema } from './schemas.ts';

export const cancelRuleRoute = route({
  method: 'post',
  path: '/api/v1/rules/{id}/cancel',
  id: 'cancelRule',
  summary: 'End a standing rule',
  description: 'Nothing more is taken back; what was recalled stays so. From any state but an end.',
  role: 'moderator',
  params: ruleParams,
  body: emptyBody,
  responses: { 200: { description: 'The rule as it is now.', content: { 'application/json': ruleSchema } } },
  problems: ['conflict'],
  async handle({ params, principal }, { appId, db }) {
    const before = await getRule(db, appId, params.id);
    const rule = await inTransaction(db, async (trx) => {
      await cancelRecall(trx, before.id);
      const details = { from: before.state, recalled: before.counts.recalled };
      await appendAudit(trx, actorOf(principal), { action: 'rule.cancel', recallId: before.id, details });
      return getRule(trx, appId, before.id);
    });
    return json(rule);
  },
});
