import { sql } from 'kysely';
import { appendAudit, system } from '../audit/index.ts';
import { inTransaction, type Db } from '../db/index.ts';

/**
 * Judges the first waves that are through: a recall goes on when no larger share of its wave failed
 * than was allowed, else it is paused, if there is a rest to stop. What is `recalled` or `not_found` has
 * not failed.
 *
 * @returns the recalls that were paused
 */
export async function judgeCanaries(db: Db): Promise<readonly string[]> {
  return inTransaction(db, async (trx) => {
    const stopped = (await judge(trx)).filter((wave) => wave.stopped);
    for (const { id, note } of stopped) {
      await appendAudit(trx, system, { action: 'recall.canary_stop', recallId: id, details: { note } });
    }
    return stopped.map(({ id }) => id);
  });
}

async function judge(db: Db): Promise<readonly { id: string; stopped: boolean; note: string | null }[]> {
  const { rows } = await sql<{ id: string; stopped: boolean; note: string | null }>`
    with waves as (
      select r.id, r.canary_failed_share,
             exists (select from batches b where b.recall_id = r.id and b.state = 'waiting') as rest,
             (select count(*) filter (where o.state not in ('recalled', 'not_found'))::real / greatest(1, count(*))
                from batches b
                join outcomes o on o.recall_id = b.recall_id and o.conversation_id = b.conversation_id
                               and o.msg_seq = any(b.msg_seqs)
               where b.recall_id = r.id and b.round > 0) as failed
        from recalls r
       where r.state = 'running' and r.canary_messages is not null and r.canary_state is null
         and exists (select from batches b where b.recall_id = r.id and b.round > 0)
         and not exists (select from batches b where b.recall_id = r.id and b.round > 0 and b.state <> 'done')
         and ((select count(*) from batches b where b.recall_id = r.id and b.round > 0) * 10 >= r.canary_messages
              or not exists (select from batches b where b.recall_id = r.id and b.state = 'waiting'))
    )
    update recalls r
       set canary_state = case when w.failed > w.canary_failed_share then 'stopped' else 'passed' end,
           state = case when w.rest and w.failed > w.canary_failed_share then 'paused' else r.state end,
           state_note = case when w.rest and w.failed > w.canary_failed_share then
             format('%s %% of the first wave failed; %s %% were allowed. Resume to go on with the rest.',
                    round(100 * w.failed), round(100 * w.canary_failed_share)) else r.state_note end
      from waves w
     where r.id = w.id and r.state = 'running'
    returning r.id, r.canary_state = 'stopped' as stopped, r.state_note as note`.execute(db);
  return rows;
}
