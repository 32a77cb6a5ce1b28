import { sql } from 'kysely';
import { appendAudit, system } from '../audit/index.ts';
import { inTransaction, type Db, type RecallState } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { meaningOf } from '../tencent/index.ts';
import { isCalling } from './callable.ts';
import type { Bounds } from './create.ts';

/** Which states an action may be taken in; the rest is a `conflict`. */
const from: Readonly<Record<'execute' | 'approve' | 'pause' | 'resume' | 'cancel' | 'retry', readonly RecallState[]>> =
  {
    execute: ['planned'],
    approve: ['awaiting_approval'],
    pause: ['running'],
    resume: ['paused'],
    cancel: ['planning', 'planned', 'awaiting_approval', 'running', 'paused'],
    retry: ['running', 'paused', 'completed', 'completed_with_failures', 'failed'],
  };

/** What may be done with a recall that is called while it is still being planned, as with one that runs. */
const whileCalling: ReadonlySet<keyof typeof from> = new Set(['pause', 'retry']);

const inChinese: Readonly<Record<RecallState | keyof typeof from, string>> = {
  planning: '计划中',
  planned: '待执行',
  awaiting_approval: '待审批',
  running: '执行中',
  paused: '已暂停',
  completed: '已完成',
  completed_with_failures: '已完成（有失败）',
  cancelled: '已取消',
  failed: '失败',
  execute: '执行',
  approve: '批准',
  pause: '暂停',
  resume: '继续',
  cancel: '取消',
  retry: '重试',
};

/** Who lets a plan run, and up to which size without another person. */
export interface Executor extends Bounds {
  readonly name: string;
}

/**
 * Runs a frozen plan, or has it wait for approval when it is larger than the executor may run alone.
 *
 * @throws RecallError `forbidden` when it is larger than the executor may run at all
 */
export async function executeRecall(db: Db, recallId: string, by: Executor): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows } = await sql<{ messages: number }>`
      select coalesce(sum(called), 0)::bigint as messages from plan_conversations where recall_id = ${recallId}`.execute(
      trx,
    );
    const messages = rows[0]?.messages ?? 0;
    if (by.maxMessages !== null && messages > by.maxMessages) {
      throw new RecallError(
        'forbidden',
        `the plan holds ${messages} messages; you may recall ${by.maxMessages} at once`,
        [],
        `计划包含 ${messages} 条消息，您一次最多可撤回 ${by.maxMessages} 条`,
      );
    }
    const waits = by.approveAbove !== null && messages > by.approveAbove;
    await move(
      trx,
      recallId,
      'execute',
      sql`state = ${waits ? 'awaiting_approval' : 'running'}, executed_by = ${by.name}, executed_person = ${by.person},
          awaiting_since = ${waits ? sql`now()` : null}, started_at = ${waits ? null : sql`now()`}`,
    );
    // Its tail may grow as far as whoever lets it run may have it.
    await sql`update follows set approve_above = ${by.approveAbove}, max_messages = ${by.maxMessages}
               where recall_id = ${recallId}`.execute(trx);
  });
}

/**
 * Lets a plan run that waited for another person.
 *
 * @throws RecallError `forbidden` for the person who asked for it or let it run, by whatever token
 */
export async function approveRecall(db: Db, recallId: string, by: { name: string; person: string }): Promise<void> {
  await inTransaction(db, async (trx) => {
    await move(
      trx,
      recallId,
      'approve',
      sql`state = 'running', approved_by = ${by.name}, approved_at = now(), started_at = now(), awaiting_since = null`,
    );
    const { rows } = await sql`
      select from recalls
       where id = ${recallId}
         and (${by.person} in (requested_person, coalesce(executed_person, '')) or ${by.name} in (requested_by, executed_by))`.execute(
      trx,
    );
    if (rows.length > 0)
      throw new RecallError(
        'forbidden',
        'whoever asked for a recall cannot approve it; another person must',
        [],
        '不能批准自己发起的撤回任务，须由另一人批准',
      );
  });
}

/** How long a plan waits for approval, hours. */
export const approvalExpiresHours = 72;

/** Cancels plans that nobody approved in time, and rules that expired meanwhile. */
export async function expireApprovals(db: Db): Promise<readonly string[]> {
  return inTransaction(db, async (trx) => {
    const { rows } = await sql<{ id: string; awaiting_since: Date }>`
      update recalls r set state = 'cancelled', finished_at = now(),
             state_note = case when awaiting_since < now() - make_interval(hours => ${approvalExpiresHours})
                               then ${`nobody approved it within ${approvalExpiresHours} hours`}
                               else 'it expired before anybody approved it' end
       where state = 'awaiting_approval'
         and (awaiting_since < now() - make_interval(hours => ${approvalExpiresHours})
              or exists (select from follows f where f.recall_id = r.id and f.until < now()))
      returning id, awaiting_since`.execute(trx);
    for (const { id } of rows) await cancelOpenBatches(trx, id);
    for (const { id, awaiting_since: since } of rows) {
      await appendAudit(trx, system, {
        action: 'recall.expire',
        recallId: id,
        details: { awaitingSince: since.toISOString() },
      });
    }
    return rows.map(({ id }) => id);
  });
}

/** No new call is made until `resume`; calls under way end and are recorded. A plan in the making waits with it. */
export async function pauseRecall(db: Db, recallId: string): Promise<void> {
  await move(db, recallId, 'pause', sql`state = 'paused', pause_code = null, state_note = 'paused by a person'`);
}

/**
 * Pauses because the platform said that nothing can be recalled for the app. Nothing of the plan is
 * used up by it.
 */
export async function stopRecall(db: Db, recallId: string, code: number): Promise<boolean> {
  const note = `${code}: ${meaningOf(code).en}`;
  return inTransaction(db, async (trx) => {
    const { rows } = await sql`
      update recalls set state = 'paused', pause_code = ${code}, state_note = ${note}
       where id = ${recallId} and ${isCalling('recalls')} returning id`.execute(trx);
    if (rows.length > 0) await appendAudit(trx, system, { action: 'recall.stop', recallId, details: { code, note } });
    return rows.length > 0;
  });
}

/** Goes on with a paused recall, with its plan first if that was not frozen to its end. */
export async function resumeRecall(db: Db, recallId: string): Promise<void> {
  await move(
    db,
    recallId,
    'resume',
    sql`state = case when planned_at is null then 'planning' else 'running' end,
        pause_code = null, state_note = null, refused_conversations = '{}',
        canary_state = case when canary_state = 'stopped' then 'passed' else canary_state end`,
  );
}

/**
 * Ends a recall: what was not called is `cancelled`, calls under way end and are recorded. Of a giant one
 * most is still `pending` when this returns, and all of it while a feeder is at work, for which cancelling does not wait;
 * the reconciler sweeps it up. None of it is called.
 */
export async function cancelRecall(db: Db, recallId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    // Feeders stay away meanwhile: they would lock the same batches in another order.
    const { rows } = await sql<{ alone: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('chat-recall feeder ' || app_id)) as alone from recalls
       where id = ${recallId}`.execute(trx);
    await move(trx, recallId, 'cancel', sql`state = 'cancelled', finished_at = now(), plan_lease_until = null`);
    if (rows[0]?.alone === true) await cancelOpenBatches(trx, recallId);
  });
}

/** Batches that are cancelled at once: with a hundred thousand the recall would be called for ten seconds more. */
const cancelledAtOnce = 1_000;

/**
 * Cancels what no worker has in hand; also sweeps up what was put back after the cancelling.
 *
 * @returns whether there may be more
 */
export async function cancelOpenBatches(db: Db, recallId: string): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    -- The recall's id comes with the rows: of a value that statistics have not seen Postgres expects one row, and
    -- would read all of the recall for each batch.
    with open as materialized (
      (select recall_id, conversation_id, part from batches
        where recall_id = ${recallId} and state = 'queued' limit ${cancelledAtOnce})
      union all
      (select recall_id, conversation_id, part from batches
        where recall_id = ${recallId} and state = 'waiting' limit ${cancelledAtOnce})
    ), ended as (
      update batches b set state = 'done'
        from open
       where b.recall_id = open.recall_id and b.conversation_id = open.conversation_id and b.part = open.part
         and b.state in ('waiting', 'queued')
      returning b.recall_id, b.conversation_id, b.msg_seqs
    ), written as (
      update outcomes o set state = 'cancelled'
        from (select recall_id, conversation_id, unnest(msg_seqs) as msg_seq from ended) e
       where o.recall_id = e.recall_id and o.conversation_id = e.conversation_id
         and o.msg_seq = e.msg_seq and o.state = 'pending'
      returning 1
    )
    update recall_counters
       set pending = pending - (select count(*) from written), cancelled = cancelled + (select count(*) from written),
           batches_done = batches_done + (select count(*) from ended)
     where recall_id = ${recallId} and shard = 0
    returning (select count(*) from open) >= ${cancelledAtOnce} as more`.execute(db);
  return rows[0]?.more === true;
}

/**
 * Takes every `failed` and `unknown` sequence up again, whatever its code: a person may have mended
 * the cause. Settled ones are never called again. A recall that failed while planning is planned
 * again.
 */
export async function retryRecall(db: Db, recallId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    await move(
      trx,
      recallId,
      'retry',
      sql`state = case when state = 'failed' then 'planning' when state in ('paused', 'planning') then state else 'running' end,
          finished_at = null, state_note = case when state = 'paused' then state_note end`,
    );
    const opened = await reopen(trx, recallId, null);
    const { rows } = await sql<{ state: RecallState }>`select state from recalls where id = ${recallId}`.execute(trx);
    if (opened === 0 && rows[0]?.state !== 'planning') {
      throw new RecallError(
        'conflict',
        'there is nothing to retry: no sequence of this recall is failed or unknown',
        [],
        '没有可重试的消息：该撤回任务中没有失败或结果不明的消息',
      );
    }
  });
}

/**
 * Takes up what failed in one batch, because its failed job was retried from a queue UI. The recall
 * runs again if it had ended.
 *
 * @returns false when there is nothing to take up
 * @throws RecallError `conflict` when the recall was cancelled
 */
export async function reopenBatch(
  db: Db,
  key: { recallId: string; conversationId: number; part: number; round: number },
  starts: number,
): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    if ((await reopen(trx, key.recallId, { ...key, starts })) === 0) return false;
    await move(
      trx,
      key.recallId,
      'retry',
      sql`state = case when state in ('paused', 'planning') then state else 'running' end,
               finished_at = null`,
    );
    return true;
  });
}

/** @param only the one batch to take up, straight into the queue where its job is; null: all that hold a failure */
async function reopen(
  db: Db,
  recallId: string,
  only: { conversationId: number; part: number; round: number; starts: number } | null,
): Promise<number> {
  const which =
    only === null
      ? sql``
      : sql`and b.conversation_id = ${only.conversationId} and b.part = ${only.part} and b.round = ${only.round}
            and b.job_starts < ${only.starts}`;
  const { rows } = await sql<{ opened: number }>`
    with affected as (
      select b.conversation_id, b.part, b.msg_seqs from batches b
       where b.recall_id = ${recallId} and b.state = 'done' ${which}
         and exists (select from outcomes o
              where o.recall_id = b.recall_id and o.conversation_id = b.conversation_id
                and o.msg_seq = any(b.msg_seqs) and o.state in ('failed', 'unknown'))
    ), before as (
      select o.conversation_id, o.msg_seq, o.state
        from affected a
        join outcomes o on o.recall_id = ${recallId} and o.conversation_id = a.conversation_id
                       and o.msg_seq = any(a.msg_seqs) and o.state in ('failed', 'unknown')
    ), written as (
      update outcomes o set state = 'pending', tries = 0
        from before x
       where o.recall_id = ${recallId} and o.conversation_id = x.conversation_id and o.msg_seq = x.msg_seq
    ), opened as (
      update batches b
         set state = ${only === null ? 'waiting' : 'queued'}::batch_state, not_before = '-infinity', queued_at = now()
        from affected a
       where b.recall_id = ${recallId} and b.conversation_id = a.conversation_id and b.part = a.part
      returning 1
    )
    update recall_counters
       set pending = pending + (select count(*) from before),
           failed = failed - (select count(*) from before where state = 'failed'),
           unknown = unknown - (select count(*) from before where state = 'unknown'),
           batches_done = batches_done - (select count(*) from opened)
     where recall_id = ${recallId} and shard = 0
    returning (select count(*)::int from opened) as opened`.execute(db);
  return rows[0]?.opened ?? 0;
}

async function move(
  db: Db,
  recallId: string,
  action: keyof typeof from,
  changes: ReturnType<typeof sql>,
): Promise<void> {
  const allowed = from[action];
  const { rows } = await sql`
    update recalls set ${changes}
     where id = ${recallId}
       and (state = any(${allowed}::text[]) or (${whileCalling.has(action)} and ${isCalling('recalls')}))
    returning id`.execute(db);
  if (rows.length > 0) return;
  const recall = await db.selectFrom('recalls').select('state').where('id', '=', recallId).executeTakeFirst();
  if (recall === undefined) throw new RecallError('not_found', `there is no recall ${recallId}`);
  throw new RecallError(
    'conflict',
    `cannot ${action} a recall that is ${recall.state}; it must be ${allowed.join(' or ')}`,
    [],
    `撤回任务当前为“${inChinese[recall.state]}”，无法${inChinese[action]}；须为${allowed.map((state) => `“${inChinese[state]}”`).join('或')}`,
  );
}
