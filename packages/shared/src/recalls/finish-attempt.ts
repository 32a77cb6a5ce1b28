import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { RecallAnswer } from '../tencent/index.ts';
import type { BatchKey } from './begin-attempt.ts';
import { counterShards } from './create.ts';
import type { Verdict } from './settle.ts';

/** What an attempt came to, to be written in one statement. */
export interface FinishedAttempt {
  readonly key: BatchKey & { readonly fence: number };
  /** null: no call was made, marked sequences are settled. */
  readonly attempt: { readonly id: number; readonly answer: RecallAnswer } | null;
  readonly verdicts: readonly Verdict[];
  /** Where the batch goes: still in hand, back to wait, or at its end. */
  readonly next: 'running' | 'waiting' | 'done';
  /** The pause before a batch that waits may be called again, ms. */
  readonly pauseMs: number;
  /** When its oldest and newest messages were sent: where to find what is kept as evidence; null: not known. */
  readonly sent: SentSpan | null;
}

export interface SentSpan {
  readonly from: Date;
  readonly to: Date;
}

/** From the oldest to the newest of some sequences; null when the index has seen none of them. */
export function sentSpan(sequences: readonly { readonly sentAt: Date | null }[]): SentSpan | null {
  const times = sequences.flatMap(({ sentAt }) => (sentAt === null ? [] : [sentAt.getTime()]));
  if (times.length === 0) return null;
  return { from: new Date(Math.min(...times)), to: new Date(Math.max(...times)) };
}

/** What stands in the tables now. */
export interface Recorded {
  /** False: the lease was lost, and nothing was written. */
  readonly held: boolean;
  /** Sequences of the batch that had ended `failed` before this attempt. */
  readonly failedBefore: number;
}

/**
 * Writes the codes of an attempt, the outcomes, the counts and the marks in one statement, under the
 * fence: a worker that lost its lease cannot write. Of a recall that was cancelled meanwhile a batch goes
 * back to wait like any other, and is swept up (see sweepCancelled).
 */
export async function finishAttempt(db: Db, finished: FinishedAttempt): Promise<Recorded> {
  const { key, attempt, verdicts, next, pauseMs, sent } = finished;
  // The first one belongs to planners, which may hold it for as long as a slice takes.
  const shard = 1 + ((key.conversationId + key.part) % (counterShards - 1));
  // Named, so that only these are looked up: joined, all that the recall has in the conversation would be read.
  const seqs = verdicts.map((v) => v.msgSeq);
  const answered = attempt?.answer.kind === 'answered' ? attempt.answer : null;
  const { rows } = await sql<Recorded>`
    with held as (
      update batches b
         set state = ${next}::batch_state,
             not_before = case when ${next} = 'waiting' then now() + make_interval(secs => ${pauseMs / 1000}) else b.not_before end,
             lease_until = case when ${next} = 'running' then b.lease_until end
       where b.recall_id = ${key.recallId} and b.conversation_id = ${key.conversationId} and b.part = ${key.part}
         and b.fence = ${key.fence} and b.state::text = 'running'
      returning b.state, b.msg_seqs
    ), verdicts as (
      select v.msg_seq, v.ret_code, v.presumed, v.lost, v.counts,
             -- What was settled beside the call, being recalled already or protected, was not tried.
             exists (select from attempts a
                      where a.attempt_id = ${attempt?.id ?? null}::bigint and v.msg_seq = any(a.msg_seqs)) as called,
             v.state::outcome_state as state
        from held h, unnest(${seqs}::bigint[], ${verdicts.map((v) => v.state)}::text[],
                            ${verdicts.map((v) => v.retCode)}::int[], ${verdicts.map((v) => v.presumed)}::boolean[],
                            ${verdicts.map((v) => v.lost)}::boolean[], ${verdicts.map((v) => v.counts)}::boolean[])
             as v (msg_seq, state, ret_code, presumed, lost, counts)
    ), before as (
      -- What is recalled is this recall's doing when it was called, now or by an attempt whose answer was lost.
      select o.msg_seq, o.state, o.sent_at, v.state = 'recalled' and (v.called or o.lost_since is not null) as ours
        from outcomes o join verdicts v using (msg_seq)
       where o.recall_id = ${key.recallId} and o.conversation_id = ${key.conversationId} and o.msg_seq = any(${seqs}::bigint[])
         and o.state in ('pending', 'unknown')
    ), written as (
      update outcomes o
         set state = v.state, ret_code = coalesce(v.ret_code, o.ret_code), presumed = v.presumed,
             attempts = o.attempts + v.called::int, tries = o.tries + v.counts::int,
             last_attempt_at = case when v.called then now() else o.last_attempt_at end,
             lost_since = case when v.lost then coalesce(o.lost_since, now()) else o.lost_since end
        from verdicts v
       where o.recall_id = ${key.recallId} and o.conversation_id = ${key.conversationId} and o.msg_seq = v.msg_seq
         and o.msg_seq = any(${seqs}::bigint[]) and o.state in ('pending', 'unknown')
    ), told as (
      update attempts set finished_at = now(), result = ${attempt?.answer.kind ?? null},
             http_status = ${attempt?.answer.httpStatus ?? null}::smallint, error_code = ${answered?.errorCode ?? null}::int,
             ret_codes = (select array_agg(v.ret_code order by a.at)
                            from unnest(msg_seqs) with ordinality a (msg_seq, at) left join verdicts v using (msg_seq))
       where attempt_id = ${attempt?.id ?? null}::bigint and exists (select from held)
    ), marked as (
      insert into recall_marks (conversation_id, msg_seq, recalled_at, recall_id, answered_at)
      select ${key.conversationId}::bigint, msg_seq, now(), ${key.recallId}::uuid, case when v.called then now() end
        from before b join verdicts v using (msg_seq) where b.ours
       -- As receivers do, who write what the recall callbacks of these very calls tell: else the two deadlock.
       order by msg_seq
      on conflict (conversation_id, msg_seq) do update
         set recall_id = coalesce(recall_marks.recall_id, excluded.recall_id),
             answered_at = coalesce(recall_marks.answered_at, excluded.answered_at)
    ), kept as (
      insert into evidence (recall_id, conversation_id, msg_seq, app_id, sender, sent_at, message_types, text)
      select ${key.recallId}::uuid, ${key.conversationId}::bigint, b.msg_seq, m.app_id, m.sender, m.msg_time,
             m.message_types, m.text
        from before b
       -- One look-up by the key for each: a join is planned as scans of all partitions while fresh ones have
       -- no statistics (3 calls a second instead of 180). The span leaves one or two partitions to plan for.
       cross join lateral (select * from messages
                            where conversation_id = ${key.conversationId} and msg_seq = b.msg_seq and msg_time = b.sent_at
                              and msg_time between ${sent?.from ?? null}::timestamptz and ${sent?.to ?? null}::timestamptz
                            limit 1) m
       where b.ours
      on conflict do nothing
    ), moved as (
      select v.state as after, b.state as before from before b join verdicts v using (msg_seq)
    ), counted as (
      update recall_counters c
         set pending = c.pending + d.pending, recalled = c.recalled + d.recalled, not_found = c.not_found + d.not_found,
             expired = c.expired + d.expired, not_recallable = c.not_recallable + d.not_recallable, failed = c.failed + d.failed,
             unknown = c.unknown + d.unknown, cancelled = c.cancelled + d.cancelled,
             batches_done = c.batches_done + d.done
        from (
          select count(*) filter (where after = 'pending') - count(*) filter (where before = 'pending') as pending,
                 count(*) filter (where after = 'recalled') as recalled,
                 count(*) filter (where after = 'not_found') as not_found,
                 count(*) filter (where after = 'expired') as expired,
                 count(*) filter (where after = 'not_recallable') as not_recallable,
                 count(*) filter (where after = 'failed') as failed,
                 count(*) filter (where after = 'unknown') - count(*) filter (where before = 'unknown') as unknown,
                 count(*) filter (where after = 'cancelled') as cancelled,
                 (select count(*) from held where state = 'done') as done
            from moved
        ) d
       where c.recall_id = ${key.recallId} and c.shard = ${shard} and exists (select from held)
    )
    select exists (select from held) as held,
           (select count(*)::int from outcomes o, held h
             where o.recall_id = ${key.recallId} and o.conversation_id = ${key.conversationId}
               and o.msg_seq = any(h.msg_seqs) and o.state = 'failed') as "failedBefore"`.execute(db);
  return rows[0] ?? { held: false, failedBefore: 0 };
}
