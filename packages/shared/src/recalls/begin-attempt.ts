import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { isCalling } from './callable.ts';
import type { OpenSequence } from './settle.ts';

/** Which batch a worker has in hand. The fence proves that it still is the one. */
export interface BatchKey {
  readonly recallId: string;
  readonly conversationId: number;
  readonly part: number;
}

/** A batch taken by a worker, with the first attempt written ahead. */
export interface BegunBatch {
  readonly fence: number;
  /** null: nothing is left to call; what is `marked` or `protected` only has to be settled. */
  readonly attemptId: number | null;
  readonly open: readonly OpenSequence[];
  /** Other groups of this recall have just said "no permission". */
  readonly refusedBefore: boolean;
  /** The recall's reason. */
  readonly reason: string;
}

/**
 * How long a worker may be silent before its batch is given to another, s: what the wait for a slot, one call and the
 * writing of its codes take. It begins anew with each call.
 */
export function leaseSeconds(timeoutMs: number): number {
  return Math.ceil((timeoutMs + 4_000) / 1000);
}

/**
 * Takes a queued batch for this worker and commits the attempt before it is made. null: it is not to
 * be called (another round, taken by another worker, the recall is not running, or is of another app).
 *
 * @param starts how often this round's job was started, not counting stalls
 */
export async function beginBatch(
  db: Db,
  key: BatchKey & { round: number; sdkAppId: number },
  worker: { name: string; starts: number; leaseSeconds: number },
): Promise<BegunBatch | null> {
  const { rows } = await sql<Omit<BegunBatch, 'fence' | 'open'> & { fence: number | null; open: RawOpen[] | null }>`
    with taken as (
      update batches
         set state = 'running', fence = fence + 1, worker = ${worker.name}, job_starts = ${worker.starts},
             lease_until = now() + make_interval(secs => ${worker.leaseSeconds})
       where recall_id = ${key.recallId} and conversation_id = ${key.conversationId} and part = ${key.part}
         -- As text, so that it is looked up by its key: the index of all that are queued may seem as good.
         and round = ${key.round} and state::text = 'queued'
         and exists (select from recalls r where id = ${key.recallId} and ${isCalling('r')} and app_id = ${key.sdkAppId})
      returning fence, msg_seqs
    ), open as (
      select o.msg_seq, o.state, o.tries, o.attempts, o.lost_since, o.asked_at is not null as asked, o.sent_at,
             k.msg_seq is not null as marked,
             exists (select from protected_senders p join recalls r using (app_id)
                      where r.id = ${key.recallId} and p.sender = o.sender)
             or exists (select from protected_messages p
                         where p.conversation_id = o.conversation_id and p.msg_seq = o.msg_seq) as protected
        from taken t cross join lateral unnest(t.msg_seqs) s (msg_seq)
       -- One look-up by the key for each: a join is planned as a scan of all that the recall has in the conversation.
       cross join lateral (select * from outcomes
                            where recall_id = ${key.recallId} and conversation_id = ${key.conversationId}
                              and msg_seq = s.msg_seq and state in ('pending', 'unknown') limit 1) o
        left join recall_marks k on k.conversation_id = o.conversation_id and k.msg_seq = o.msg_seq
    ), written as (
      insert into attempts (recall_id, conversation_id, part, fence, worker, msg_seqs)
      select ${key.recallId}::uuid, ${key.conversationId}::bigint, ${key.part}::int, t.fence, ${worker.name}, o.seqs
        from taken t,
             (select array_agg(msg_seq order by msg_seq desc) as seqs from open where not marked and not protected) o
       where o.seqs is not null
      returning attempt_id
    )
    select (select fence from taken) as fence, (select attempt_id from written) as "attemptId",
           (select json_agg(open order by msg_seq desc) from open) as open,
           reason, refused_conversations <> '{}' as "refusedBefore"
      from recalls where id = ${key.recallId}`.execute(db);
  const row = rows[0];
  if (row === undefined || row.fence === null) return null;
  return { ...row, fence: row.fence, open: (row.open ?? []).map(toOpen) };
}

/**
 * Whether a batch in hand may be called once more within the same attempt (its signature was renewed); renews the
 * lease. False: the lease was lost, or the recall is not running any more.
 */
export async function holdBatch(
  db: Db,
  key: BatchKey & { fence: number },
  worker: { leaseSeconds: number },
): Promise<boolean> {
  const { rows } = await sql`${renewed(key, worker)} returning fence`.execute(db);
  return rows.length > 0;
}

function renewed(key: BatchKey & { fence: number }, worker: { leaseSeconds: number }): RawBuilder<unknown> {
  return sql`
      update batches set lease_until = now() + make_interval(secs => ${worker.leaseSeconds})
       where recall_id = ${key.recallId} and conversation_id = ${key.conversationId} and part = ${key.part}
         and fence = ${key.fence} and state::text = 'running'
         and exists (select from recalls r where id = ${key.recallId} and ${isCalling('r')})`;
}

/**
 * Writes a further attempt of a batch in hand (a part of it, after the platform refused the whole) and
 * renews the lease. null: the lease was lost, or the recall is not running any more.
 */
export async function beginPart(
  db: Db,
  key: BatchKey & { fence: number },
  worker: { name: string; leaseSeconds: number },
  msgSeqs: readonly number[],
): Promise<number | null> {
  const { rows } = await sql<{ attempt_id: number }>`
    with held as (
      ${renewed(key, worker)}
      returning fence
    )
    insert into attempts (recall_id, conversation_id, part, fence, worker, msg_seqs)
    select ${key.recallId}::uuid, ${key.conversationId}::bigint, ${key.part}::int, fence, ${worker.name},
           ${msgSeqs}::bigint[]
      from held
    returning attempt_id`.execute(db);
  return rows[0]?.attempt_id ?? null;
}

interface RawOpen {
  msg_seq: number;
  state: 'pending' | 'unknown';
  tries: number;
  attempts: number;
  lost_since: string | null;
  asked: boolean;
  sent_at: string | null;
  marked: boolean;
  protected: boolean;
}

function toOpen(row: RawOpen): OpenSequence {
  return {
    msgSeq: row.msg_seq,
    state: row.state,
    tries: row.tries,
    attempts: row.attempts,
    lostSince: row.lost_since === null ? null : new Date(row.lost_since),
    wasLost: row.lost_since !== null || row.asked,
    sentAt: row.sent_at === null ? null : new Date(row.sent_at),
    marked: row.marked,
    protected: row.protected,
  };
}
