import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { lookUp } from '../history/index.ts';
import { insertVerified } from '../messages/index.ts';
import { byConversation } from './by-conversation.ts';
import type { LookUpParts } from './resolve-unknown.ts';

/** A recall that nobody confirmed for so long is flagged, and looked up if that is the policy, minutes. */
export const confirmWithinMinutes = 5;
/** An answer younger than this is not held against what history shows, s: it may lag behind. */
const settledAfterSeconds = 60;
/** Sequences of one step; what is lost with a killed worker. */
const perStep = 200;
/** How long a worker may be silent before another goes on, s. */
const leaseSeconds = 60;

/**
 * Has history asked whether what a recall took back is gone: what no callback has confirmed, or all of it.
 *
 * @throws RecallError `conflict` for a recall that has taken nothing back yet
 */
export async function requestVerification(db: Db, recallId: string, all: boolean): Promise<void> {
  const { rows } = await sql`
    update recalls set verify_state = 'wanted', verify_all = ${all}, walk_after = null, walk_lease_until = null,
                       unverifiable = 0
     where id = ${recallId} and state in ('running', 'paused', 'completed', 'completed_with_failures', 'cancelled')
       and verify_state is distinct from 'wanted'
    returning id`.execute(db);
  if (rows.length > 0) return;
  const recall = await db.selectFrom('recalls').select('state').where('id', '=', recallId).executeTakeFirst();
  if (recall === undefined) throw new RecallError('not_found', `there is no recall ${recallId}`);
  if (['planning', 'planned', 'awaiting_approval', 'failed'].includes(recall.state)) {
    throw new RecallError('conflict', `cannot verify a recall that is ${recall.state}: it has taken nothing back`);
  }
}

/**
 * Wants verification of recalls that ended and were not confirmed in time.
 *
 * @param policy `unconfirmed`: what no callback confirmed; `all`: everything
 */
export async function wantVerification(db: Db, appId: number, policy: 'unconfirmed' | 'all'): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select r.id from recalls r
     where r.app_id = ${appId} and r.verify_state is null and r.state in ('completed', 'completed_with_failures', 'cancelled')
       and r.finished_at between now() - interval '1 day' and now() - make_interval(mins => ${confirmWithinMinutes})
       and (select coalesce(sum(answered), 0) > case when ${policy} = 'all' then 0 else coalesce(sum(proved), 0) end
              from recall_grades g where g.recall_id = r.id)`.execute(db);
  for (const { id } of rows) await requestVerification(db, id, policy === 'all');
}

interface Step {
  readonly id: string;
  readonly verify_all: boolean;
  readonly walk_after: number[] | null;
}

interface ToVerify {
  readonly conversation_id: number;
  readonly msg_seq: number;
  readonly group_id: string;
  readonly topic_id: string;
  readonly group_type: string;
  readonly settled: boolean;
}

/**
 * Takes one step of one verification: asks history about the next sequences. What it shows as recalled is
 * verified; what it shows as still there, although its recall was answered, is `failed` and can be retried.
 *
 * @returns false when no recall waits to be verified
 */
export async function verifyStep(parts: LookUpParts): Promise<boolean> {
  const { db } = parts;
  const { rows } = await sql<Step>`
    update recalls set walk_lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = (select id from recalls
                  where app_id = ${parts.appId} and verify_state = 'wanted' and check_state is distinct from 'wanted'
                    and (walk_lease_until is null or walk_lease_until < now())
                  order by created_at limit 1 for update skip locked)
    returning id, verify_all, walk_after`.execute(db);
  const step = rows[0];
  if (step === undefined) return false;
  const [afterConversation = 0, afterSeq = 0] = step.walk_after ?? [];
  const next = await sql<ToVerify>`
    select o.conversation_id, o.msg_seq, c.group_id, c.topic_id, c.group_type,
           k.answered_at < now() - make_interval(secs => ${settledAfterSeconds}) and k.callback_at is null as settled
      from outcomes o
      join recall_marks k on k.conversation_id = o.conversation_id and k.msg_seq = o.msg_seq and k.recall_id = o.recall_id
      join conversations c on c.conversation_id = o.conversation_id
     where o.recall_id = ${step.id} and o.state = 'recalled' and k.verified_at is null
       and (${step.verify_all} or k.callback_at is null)
       and (o.conversation_id, o.msg_seq) > (${afterConversation}::bigint, ${afterSeq}::bigint)
     order by o.conversation_id, o.msg_seq limit ${perStep}`.execute(db);
  let unverifiable = 0;
  for (const rowsOfOne of byConversation(next.rows)) unverifiable += await verifyOne(parts, step.id, rowsOfOne);
  const last = next.rows.at(-1);
  await sql`
    update recalls set walk_after = ${last === undefined ? null : [last.conversation_id, last.msg_seq]}::bigint[],
                       verify_state = ${last === undefined ? 'done' : 'wanted'}, walk_lease_until = null,
                       unverifiable = unverifiable + ${unverifiable}
     where id = ${step.id}`.execute(db);
  return true;
}

/** @returns how many sequences history could not speak of */
async function verifyOne(parts: LookUpParts, recallId: string, rows: readonly ToVerify[]): Promise<number> {
  const { db, pool, client, gate, now } = parts;
  const [first] = rows;
  if (first === undefined) return 0;
  const place = { groupId: first.group_id, topicId: first.topic_id, groupType: first.group_type };
  const { items, stopped } = await lookUp(
    client,
    gate,
    place,
    rows.map((row) => row.msg_seq),
  );
  if (stopped === 'failed') throw new Error('history did not answer; it is asked again');
  const kind = (row: ToVerify): string | undefined => items.get(row.msg_seq)?.kind;
  await insertVerified(
    pool,
    rows
      .filter((row) => kind(row) === 'recalled')
      .map((row) => ({ conversationId: row.conversation_id, msgSeq: row.msg_seq })),
    now(),
  );
  const there = rows.filter((row) => row.settled && kind(row) === 'message').map((row) => row.msg_seq);
  await disprove(db, recallId, first.conversation_id, there);
  return rows.filter((row) => kind(row) !== 'recalled' && !there.includes(row.msg_seq)).length;
}

/**
 * Ends the verifications of an app whose history is not read: of nothing can be told whether it is gone.
 *
 * @returns how many
 */
export async function endVerifications(db: Db, appId: number): Promise<number> {
  const { rows } = await sql`
    update recalls r
       set verify_state = 'done', walk_lease_until = null, unverifiable =
           (select count(*) from outcomes o
              join recall_marks k on k.conversation_id = o.conversation_id and k.msg_seq = o.msg_seq and k.recall_id = o.recall_id
             where o.recall_id = r.id and o.state = 'recalled' and k.verified_at is null
               and (r.verify_all or k.callback_at is null))
     where app_id = ${appId} and verify_state = 'wanted'
    returning id`.execute(db);
  return rows.length;
}

async function disprove(db: Db, recallId: string, conversationId: number, msgSeqs: readonly number[]): Promise<void> {
  if (msgSeqs.length === 0) return;
  await inTransaction(db, async (trx) => {
    const { rows } = await sql`
      update outcomes set state = 'failed', disproved_at = now()
       where recall_id = ${recallId} and conversation_id = ${conversationId} and msg_seq = any(${msgSeqs}::bigint[])
         and state = 'recalled' returning 1`.execute(trx);
    await sql`delete from recall_marks where conversation_id = ${conversationId} and msg_seq = any(${msgSeqs}::bigint[])
                 and recall_id = ${recallId} and callback_at is null`.execute(trx);
    await sql`update recall_counters set recalled = recalled - ${rows.length}, failed = failed + ${rows.length}
               where recall_id = ${recallId} and shard = 0`.execute(trx);
    await sql`update recalls set state = 'completed_with_failures' where id = ${recallId} and state = 'completed'`.execute(
      trx,
    );
  });
}
