import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/index.ts';
import type { BatchJob } from '../queue/index.ts';
import { cancelOpenBatches } from './transitions.ts';

/** Which round of a batch a job is for. */
export type QueuedBatch = Pick<BatchJob, 'recallId' | 'conversationId' | 'part' | 'round'>;

/**
 * Takes batches back from workers that went silent: their unanswered attempts are `lost`, and the
 * sequences of those are `unknown` until another attempt settles them.
 *
 * @returns how many batches
 */
export async function expireLeases(db: Db): Promise<number> {
  const { rows } = await sql<{ expired: number }>`
    with expired as (
      update batches set state = 'waiting', lease_until = null, not_before = now()
       where (recall_id, conversation_id, part) in (
               select recall_id, conversation_id, part from batches
                where state = 'running' and lease_until < now() for update skip locked)
      returning recall_id, conversation_id, part, fence
    ), lost as (
      update attempts a set finished_at = now(), result = 'lost'
        from expired e
       where a.recall_id = e.recall_id and a.conversation_id = e.conversation_id and a.part = e.part
         and a.fence = e.fence and a.finished_at is null
      returning a.recall_id, a.conversation_id, a.started_at, a.msg_seqs
    ), before as (
      select o.recall_id, o.conversation_id, o.msg_seq, o.state, l.started_at
        from lost l
        join outcomes o on o.recall_id = l.recall_id and o.conversation_id = l.conversation_id
                       and o.msg_seq = any(l.msg_seqs) and o.state in ('pending', 'unknown')
    ), written as (
      update outcomes o
         set state = 'unknown', attempts = o.attempts + 1, last_attempt_at = b.started_at,
             lost_since = coalesce(o.lost_since, b.started_at)
        from before b
       where o.recall_id = b.recall_id and o.conversation_id = b.conversation_id and o.msg_seq = b.msg_seq
    ), counted as (
      update recall_counters c set pending = c.pending - d.n, unknown = c.unknown + d.n
        from (select recall_id, count(*) as n from before where state = 'pending' group by 1) d
       where c.recall_id = d.recall_id and c.shard = 0
    )
    select count(*)::int as expired from expired`.execute(db);
  return rows[0]?.expired ?? 0;
}

/**
 * Batches that were marked as queued a while ago: their jobs may have been lost with the queue, or
 * never have been added.
 *
 * @param olderThanMs younger ones are left alone
 */
export async function longQueued(db: Db, olderThanMs: number): Promise<readonly QueuedBatch[]> {
  const { rows } = await sql<QueuedBatch>`
    select recall_id as "recallId", conversation_id as "conversationId", part, round
      from batches where state = 'queued' and queued_at < now() - make_interval(secs => ${olderThanMs / 1000})
     order by queued_at limit 5000`.execute(db);
  return rows;
}

/** Puts batches whose jobs are gone back to wait for the feeder. */
export async function unqueueBatches(db: Db, batches: readonly QueuedBatch[]): Promise<void> {
  if (batches.length === 0) return;
  await sql`
    update batches b set state = 'waiting'
      from unnest(${batches.map((b) => b.recallId)}::uuid[], ${batches.map((b) => b.conversationId)}::bigint[],
                  ${batches.map((b) => b.part)}::int[], ${batches.map((b) => b.round)}::int[])
           as gone (recall_id, conversation_id, part, round)
     where b.recall_id = gone.recall_id and b.conversation_id = gone.conversation_id and b.part = gone.part
       and b.round = gone.round and b.state::text = 'queued'`.execute(db);
}

/** Recalls that wait to be planned while nobody plans them. */
export async function unplannedRecalls(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from recalls
     where state = 'planning' and (plan_lease_until is null or plan_lease_until < now())
       and created_at < now() - interval '2 seconds'
     order by priority, created_at limit 100`.execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Ends the recalls of which no batch is open any more and that do not follow: `completed` when every outcome is `recalled` or
 * `not_found`.
 *
 * @returns those that ended now
 */
export async function finishRecalls(db: Db): Promise<readonly { id: string; state: string }[]> {
  const { rows } = await sql<{ id: string; state: string }>`
    update recalls r
       set finished_at = now(), state =
           case when (select sum(expired + not_recallable + failed + unknown + cancelled + pending)
                        from recall_counters c where c.recall_id = r.id) = 0
                then 'completed' else 'completed_with_failures' end
     where r.state = 'running'
       and not exists (select from follows f where f.recall_id = r.id and f.ended_at is null)
       -- A first wave is judged before its recall ends.
       and not (r.canary_messages is not null and r.canary_state is null
                and exists (select from batches b where b.recall_id = r.id and b.round > 0))
       and not exists (select from batches b where b.recall_id = r.id and b.state = 'waiting')
       and not exists (select from batches b where b.recall_id = r.id and b.state = 'queued')
       and not exists (select from batches b where b.recall_id = r.id and b.state = 'running')
    returning r.id, r.state`.execute(db);
  return rows;
}

/** Steps of one sweep for one recall: some seconds. */
const sweepSteps = 10;

/** Ends what is left of recalls that were cancelled, and batches that came back to them. */
export async function sweepCancelled(db: Db): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from recalls r
     where state = 'cancelled'
       -- One for each state: in one condition they fit no index, and all batches would be read.
       and (exists (select from batches b where b.recall_id = r.id and b.state = 'waiting')
            or exists (select from batches b where b.recall_id = r.id and b.state = 'queued'))`.execute(db);
  for (const { id } of rows) {
    for (let step = 0; step < sweepSteps && (await sweepStep(db, id)); step += 1);
  }
}

/** One sweeper of a recall at a time: two would lock the same rows. False: nothing is left, or somebody else is at it. */
async function sweepStep(db: Db, id: string): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const { rows } = await sql<{ held: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('chat-recall sweep'), hashtext(${id})) as held`.execute(trx);
    return rows[0]?.held === true && cancelOpenBatches(trx, id);
  });
}
