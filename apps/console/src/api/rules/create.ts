import { appendAudit, withoutSenders } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { createRule, getRule } from '@chat-recall/shared/recalls';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { partsOfSelector } from '../../http/asked-app.ts';
import { route } from '../../http/route.ts';
import { boundsOf } from '../recalls/bounds.ts';
import { idempotencyKey } from '../recalls/create.ts';
import { ruleRequest, ruleSchema } from './schemas.ts';

export const createRuleRoute = route({
  method: 'post',
  path: '/api/v1/rules',
  id: 'createRule',
  summary: 'Make a standing rule',
  description:
    'From now on what matches and comes is taken back, at most `dailyCap` messages in one UTC day, until `expiresAt`. Messages sent before are touched only when the selector has a `sentFrom` for them. A cap larger than a moderator may have recalled alone makes the rule wait for another person, who approves it as a recall.',
  role: 'moderator',
  headers: { 'Idempotency-Key': idempotencyKey },
  body: ruleRequest,
  responses: {
    201: {
      description: 'The rule.',
      content: { 'application/json': ruleSchema },
      headers: { Location: 'Path of the rule' },
    },
  },
  problems: ['conflict'],
  async handle({ body, headers, principal }, given) {
    const parts = partsOfSelector(given, body.selector);
    const { appId, db, now } = parts;
    const details = await withoutSenders(db, appId, body);
    const rule = await inTransaction(db, async (trx) => {
      const { id, created } = await createRule(trx, {
        appId,
        request: body,
        requestedBy: principal.name,
        idempotencyKey: headers['Idempotency-Key'] ?? null,
        bounds: boundsOf(principal, parts),
        now: new Date(now()),
      });
      if (created) await appendAudit(trx, actorOf(principal), { action: 'rule.create', recallId: id, details });
      return getRule(trx, appId, id);
    });
    return json(rule, 201, { location: `/api/v1/rules/${rule.id}` });
  },
});
