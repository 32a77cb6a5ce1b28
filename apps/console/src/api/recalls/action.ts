import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction, type Db } from '@chat-recall/shared/db';
import { getRecall, type Recall } from '@chat-recall/shared/recalls';
import type { z } from 'zod';
import { actorOf, type Principal, type Role } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import type { ProblemCode } from '../../http/problem.ts';
import { route, type Route } from '../../http/route.ts';
import type { ConsoleParts } from '../../parts.ts';
import { recallParams, recallSchema } from './schemas.ts';

/**
 * One action on a recall: a path of its own, answered with the recall as it then is. What it does and
 * its row in the audit are one transaction.
 */
export function action<B extends z.ZodType>(definition: {
  /** The last part of the path, and in the audit. */
  readonly name: string;
  /** `operationId`; from the name unless it is given. */
  readonly id?: string;
  readonly summary: string;
  readonly description: string;
  readonly role: Role;
  readonly body: B;
  readonly problems?: readonly ProblemCode[];
  /** Judges what takes its time, before the transaction. */
  readonly beforehand?: (parts: ConsoleParts, recall: Recall, body: z.output<B>) => Promise<void>;
  /** @throws RecallError `conflict` when the recall is in a state that does not allow it */
  readonly act: (db: Db, recall: Recall, principal: Principal, parts: ConsoleParts, body: z.output<B>) => Promise<void>;
  readonly afterwards?: (parts: ConsoleParts, recall: Recall) => Promise<void>;
}): Route {
  const { name, summary, description, role, body: schema, problems = [], beforehand, act, afterwards } = definition;
  return route({
    method: 'post',
    path: `/api/v1/recalls/{id}/${name}`,
    id: definition.id ?? `${name}Recall`,
    summary,
    description,
    role,
    params: recallParams,
    body: schema,
    responses: { 200: { description: 'The recall as it is now.', content: { 'application/json': recallSchema } } },
    problems: ['conflict', ...problems],
    async handle({ params, body, principal }, parts) {
      const { appId, db } = parts;
      const before = await getRecall(db, appId, params.id);
      await beforehand?.(parts, before, body);
      const recall = await inTransaction(db, async (trx) => {
        await act(trx, before, principal, parts, body);
        const after = await getRecall(trx, appId, params.id);
        const details = { from: before.state, to: after.state, planned: after.counts.planned };
        await appendAudit(trx, actorOf(principal), {
          action: `recall.${name.replaceAll('-', '_')}`,
          recallId: after.id,
          details,
        });
        return after;
      });
      await afterwards?.(parts, recall);
      return json(recall);
    },
  });
}
