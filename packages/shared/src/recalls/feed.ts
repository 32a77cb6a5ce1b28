import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { BatchJob } from '../queue/index.ts';
import { sequencesPerCall } from '../tencent/index.ts';
import { isCalling } from './callable.ts';

/** A batch on its way into the queue. */
export interface FedBatch extends BatchJob {
  /** Lower goes first: late ones before the others of their class. */
  readonly priority: number;
}

/**
 * Takes the next batches of an app's recalls that are called for the queue, so that about `window` of them wait
 * there: a lower priority number first (each class keeps a tenth for itself), the recalls of a class in
 * equal parts, due retries before fresh batches, newest messages first. One feeder of an app at a time; a
 * second one finds nothing to do.
 *
 * The rows are marked before they are enqueued: batches that never reach the queue are found by
 * `longQueued`.
 */
export async function feedBatches(db: Db, appId: number, window: number): Promise<readonly FedBatch[]> {
  // One statement and no transaction around it: the lock is never held while something is on the network.
  const { rows } = await sql<FedBatch>`
      with turn as materialized (
        select pg_try_advisory_xact_lock(hashtext('chat-recall feeder ' || ${appId}::bigint)) as ours
      ), queued as (
        select r.priority, count(*) as n
          from batches b join recalls r on r.id = b.recall_id where b.state = 'queued' and r.app_id = ${appId} group by 1
      ), hungry as (
        -- A recall that only follows, as rules do for weeks, takes no part from the others.
        select r.* from recalls r
         where (select ours from turn) and ${isCalling('r')} and r.app_id = ${appId}
           and exists (select from batches b where b.recall_id = r.id and b.state = 'waiting' and b.not_before <= now())
      ), classes as (
        select r.priority, count(*) as recalls,
               greatest(${window} - coalesce((select sum(n) from queued q where q.priority <= r.priority), 0),
                        ${window} / 10 - coalesce((select n from queued q where q.priority = r.priority), 0)) as free
          from hungry r group by 1
      ), turns as (
        select r.id, r.priority, ceil(c.free::numeric / c.recalls)::int as quota,
               -- A canary's first wave, in batches, less what was fed of it; null: no canary, or passed.
               case when r.canary_messages is not null and r.canary_state is distinct from 'passed'
                    then greatest(0, ceil(r.canary_messages / ${sequencesPerCall}::numeric)
                         - (select count(*) from batches where recall_id = r.id and round > 0)) end as wave_left
          from hungry r join classes c using (priority)
         where c.free > 0
         order by r.priority, random() limit ${window}
      ), picked as materialized (
        select t.priority, b.*
          from turns t cross join lateral (
            select * from (
              (select recall_id, conversation_id, part from batches
                where recall_id = t.id and state = 'waiting' and not_before > '-infinity' and not_before <= now()
                order by not_before limit t.quota)
              union all
              (select recall_id, conversation_id, part from batches
                where recall_id = t.id and state = 'waiting' and not_before = '-infinity'
                order by newest desc limit least(t.quota, t.wave_left))
            ) due limit t.quota
          ) b
      ), fed as (
        update batches b
           set state = 'queued', round = b.round + 1, job_starts = 0, queued_at = now(), lease_until = null
          from picked p
         where b.recall_id = p.recall_id and b.conversation_id = p.conversation_id and b.part = p.part
           -- As text, so that each is looked up by its key: the index of all that wait may seem as good.
           and b.state::text = 'waiting'
        returning b.recall_id, b.conversation_id, b.part, b.round, b.msg_seqs, b.newest,
                  2 * p.priority - b.late::int as priority
      )
      select ${appId}::bigint as "sdkAppId", f.recall_id as "recallId", f.conversation_id as "conversationId", f.part, f.round,
             c.group_id as "groupId", nullif(c.topic_id, '') as "topicId", f.msg_seqs as "msgSeqs", f.priority
        from fed f join conversations c using (conversation_id)
       order by f.priority, f.newest desc`.execute(db);
  return rows;
}
