import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { sequencesPerCall } from '../tencent/index.ts';
import type { NoRoom } from './tail.ts';

/** What one step of freezing did. */
export interface Frozen {
  readonly matched: number;
  readonly planned: number;
  /** Matched, and left out because the sender or the message is protected. */
  readonly protected: number;
}

export interface SliceOptions {
  /** How many more the plan may take; null: no limit. */
  readonly remaining: number | null;
  /** They came after the plan was frozen. */
  readonly late?: boolean;
  /** Calls are made while the plan is frozen: batches that are not full are held back, to be filled by further slices. */
  readonly calling?: boolean;
  /**
   * Remembers what is left out of what the index received from then on, so that a follow does not count
   * it again; `why`: what there was no room in. null: nobody follows.
   */
  readonly leaving: { readonly since: Date | '-infinity'; readonly why: NoRoom } | null;
}

/** The newest come first; sorting is left out where all are taken. */
const place = sql`row_number() over (order by protected, msg_time desc nulls last, conversation_id desc, msg_seq desc)`;

/**
 * Writes one slice of a plan in one statement: outcomes for what matched and is not planned yet
 * (settled at once where a recall mark is known, or the group is gone), and batches of ten for the rest. The newest batch of a
 * conversation is filled up as long as nobody has ever taken it for the queue, so that the calls of a
 * plan stay the sum of ceil(n / 10) over the conversations; else another one begins.
 *
 * @param source rows (conversation_id, msg_seq, msg_time, sender, received_at), each sequence once
 */
export async function freezeSlice(
  db: Db,
  recall: { readonly id: string; readonly app_id: number },
  source: RawBuilder<unknown>,
  { remaining, late = false, calling = false, leaving }: SliceOptions,
): Promise<Frozen> {
  const recallId = recall.id;
  const { rows } = await sql<Frozen>`
    with matched as materialized (
      select s.*, ps.sender is not null or pm.msg_seq is not null as protected
        from (${source}) s
        left join protected_senders ps on ps.app_id = ${recall.app_id} and ps.sender = s.sender
        left join protected_messages pm on pm.conversation_id = s.conversation_id and pm.msg_seq = s.msg_seq
       -- Each looked up by its key, which "offset" keeps it: joined, every slice would read all that is planned already.
       where not exists (select from outcomes o
              where o.recall_id = ${recallId} and o.conversation_id = s.conversation_id and o.msg_seq = s.msg_seq offset 0)
    ), ranked as materialized (
      -- Ranked rather than joined with one another: rows of common table expressions have no statistics, and
      -- 30,000 of them were joined by nested loops (50 s).
      select *, ${remaining === null ? sql`not protected` : sql`${place} <= ${remaining}::bigint and not protected`} as fits
        from matched
    ), planned as (
      insert into outcomes (recall_id, conversation_id, msg_seq, sent_at, sender, late, state, ret_code)
      select ${recallId}::uuid, m.conversation_id, m.msg_seq, m.msg_time, m.sender, ${late},
             (case when k.msg_seq is not null then 'recalled' when v.gone_at >= m.msg_time then 'not_found'
                   else 'pending' end)::outcome_state,
             -- A group that was disbanded has nothing left to recall.
             case when k.msg_seq is null and v.gone_at >= m.msg_time then 10010 end
        from ranked m
        join conversations v using (conversation_id)
        left join recall_marks k using (conversation_id, msg_seq)
       where m.fits
      returning conversation_id, msg_seq, sent_at, state
    ), left_over as (
      insert into left_out (recall_id, conversation_id, msg_seq, msg_time, why)
      select ${recallId}::uuid, conversation_id, msg_seq, msg_time,
             case when protected then 'protected' else ${leaving?.why ?? null} end
        from ranked
       where not fits and received_at >= ${leaving?.since ?? null}::timestamptz
      on conflict do nothing
    ), ends as (
      select p.conversation_id, b.part
        from (select distinct conversation_id from planned where state = 'pending') p
        left join lateral (select part from batches
               where recall_id = ${recallId} and conversation_id = p.conversation_id
               order by part desc limit 1) b on true
    ), open as (
      -- Locked against the feeder; what it holds already is not waited for, but left alone.
      select b.conversation_id, b.part, b.held
        from ends e cross join lateral (
          select conversation_id, part, cardinality(msg_seqs) as held from batches
           where recall_id = ${recallId} and conversation_id = e.conversation_id and part = e.part
             and state::text = 'waiting' and round = 0 and cardinality(msg_seqs) < ${sequencesPerCall}
             for update skip locked) b
    ), starts as (
      select conversation_id, coalesce((part + 1) * ${sequencesPerCall}, 0) as start from ends
      union all
      select conversation_id, part * ${sequencesPerCall} + held from open
    ), numbered as (
      -- Where a conversation starts comes before its sequences; of two starts the lower one is that of an open batch.
      select conversation_id, msg_seq, sent_at,
             min(start) over (partition by conversation_id)
               + count(msg_seq) over (partition by conversation_id order by start, sent_at desc nulls last, msg_seq desc
                                      rows unbounded preceding) - 1 as n
        from (select conversation_id, start, null::bigint as msg_seq, null::timestamptz as sent_at from starts
              union all
              select conversation_id, null, msg_seq, sent_at from planned where state = 'pending') p
    ), filled as (
      insert into batches (recall_id, conversation_id, part, newest, late, msg_seqs, not_before)
      select ${recallId}::uuid, conversation_id, n / ${sequencesPerCall}::integer,
             coalesce(max(sent_at), '-infinity'), ${late}, array_agg(msg_seq order by n),
             (case when ${calling} and count(*) < ${sequencesPerCall} then 'infinity' else '-infinity' end)::timestamptz
        from numbered where msg_seq is not null group by 2, 3
      on conflict (recall_id, conversation_id, part)
        do update set msg_seqs = batches.msg_seqs || excluded.msg_seqs, late = batches.late or excluded.late,
                      newest = greatest(batches.newest, excluded.newest),
                      not_before = case when cardinality(batches.msg_seqs || excluded.msg_seqs) >= ${sequencesPerCall}
                                        then '-infinity' else batches.not_before end
      returning 1
    ), counted as (
      insert into plan_conversations (recall_id, conversation_id, called)
      select ${recallId}::uuid, conversation_id, count(msg_seq) from numbered group by 2
      on conflict (recall_id, conversation_id)
        do update set called = plan_conversations.called + excluded.called
    ), sums as (
      select count(*) as planned, count(*) filter (where state = 'recalled') as settled,
             count(*) filter (where state = 'not_found') as gone
        from planned
    ), told as (
      -- The batches of a plan that is not called yet are counted at its end.
      update recall_counters c
         set pending = c.pending + s.planned - s.settled - s.gone, recalled = c.recalled + s.settled,
             not_found = c.not_found + s.gone,
             batches_total = c.batches_total
               + case when ${late || calling} then (select count(*) from filled) - (select count(*) from open) else 0 end
        from sums s
       where c.recall_id = ${recallId} and c.shard = 0 and s.planned > 0
    )
    select (select count(*) from matched) as matched, planned,
           (select count(*) from matched where protected) as protected
      from sums`.execute(db);
  return rows[0] ?? { matched: 0, planned: 0, protected: 0 };
}
