import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction, type Db } from '@chat-recall/shared/db';
import { cancelBackfill, getBackfill, pauseBackfill, resumeBackfill } from '@chat-recall/shared/history';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route, type Route } from '../../http/route.ts';
import { emptyBody } from '../recalls/schemas.ts';
import { backfillDetailsSchema, backfillParams } from './schemas.ts';

export const pauseBackfillRoute = action({
  name: 'pause',
  summary: 'Stop reading history for a while',
  description: 'Nothing new is asked for until `resume`; what is under way is stored. From `listing` or `running`.',
  act: pauseBackfill,
});

export const resumeBackfillRoute = action({
  name: 'resume',
  summary: 'Go on reading history',
  description: 'From `paused`, where it stood; from `failed`, what could not be read is tried again.',
  act: resumeBackfill,
});

export const cancelBackfillRoute = action({
  name: 'cancel',
  summary: 'End a backfill',
  description: 'What it has read stays in the index. From `listing`, `running` or `paused`.',
  act: cancelBackfill,
});

/** What it does and its row in the audit are one transaction. */
function action(definition: {
  readonly name: 'pause' | 'resume' | 'cancel';
  readonly summary: string;
  readonly description: string;
  /** @throws RecallError `conflict` when the backfill is in a state that does not allow it */
  readonly act: (db: Db, appId: number, id: string) => Promise<void>;
}): Route {
  const { name, summary, description, act } = definition;
  return route({
    method: 'post',
    path: `/api/v1/backfills/{id}/${name}`,
    id: `${name}Backfill`,
    summary,
    description,
    role: 'admin',
    params: backfillParams,
    body: emptyBody,
    responses: {
      200: { description: 'The backfill as it is now.', content: { 'application/json': backfillDetailsSchema } },
    },
    problems: ['conflict'],
    async handle({ params: { id }, principal }, { appId, db }) {
      const backfill = await inTransaction(db, async (trx) => {
        await act(trx, appId, id);
        const after = await getBackfill(trx, appId, id);
        const details = { id, to: after.state, messages: after.messages, callsMade: after.calls.made };
        await appendAudit(trx, actorOf(principal), { action: `backfill.${name}`, details });
        return after;
      });
      return json(backfill);
    },
  });
}
