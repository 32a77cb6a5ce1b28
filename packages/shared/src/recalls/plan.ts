import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { matches, type HashPieces, type Selection } from '../messages/index.ts';
import { checkPlan } from './check-plan.ts';
import { freezeSlice, type Frozen } from './freeze.ts';
import { isExplicit, type Selector } from './request.ts';
import { namedSequences, selectionOf } from './selection-of.ts';
import { createSlices } from './slices.ts';
import type { LookUpParts } from './resolve-unknown.ts';

/**
 * How long a planner may be silent before another takes over, s. A slice may take longer: it holds the
 * recall's row, so that a claim waits for it.
 */
const leaseSeconds = 10;
/** The same while the plan is compared with history: a step waits for its calls. */
const checkLeaseSeconds = 60;

interface Planning {
  readonly id: string;
  readonly app_id: number;
  readonly selector: Selector;
  readonly mode: 'plan' | 'execute';
  readonly created_at: Date;
  readonly plan_until: Date | number | null;
  readonly plan_fence: number;
  readonly started_at: Date | null;
  readonly verify_senders: boolean;
  readonly refresh: boolean;
  readonly checked: boolean;
  /** Nothing about the recall waits for its plan to be whole: its size is nobody's concern, nor is there a first wave. */
  readonly unbounded: boolean;
}

/**
 * Freezes the plan of a recall in the state `planning`, newest messages first, slice by slice of time:
 * each slice is one transaction, so that planning goes on where it stopped and its memory does not
 * grow with the plan. Afterwards the recall is `planned` or `running`.
 *
 * A recall for which nothing depends on its whole plan is called meanwhile: it has begun (`started_at`)
 * once there is something to call, and batches are fed as soon as they are full.
 *
 * @param historyOf to compare the plan of an app with before it runs; null: history is not read
 * @param hash finds messages that are kept as pieces
 * @param onSlice told when there may be batches to feed
 * @param signal aborted when the process stops: the slice under way is the last one
 * @returns false when it is not done: planned already, another worker is at it, or to be gone on with
 */
export async function planRecall(
  db: Db,
  recallId: string,
  historyOf: (appId: number) => PlanHistory | null = () => null,
  hash: HashPieces | null = null,
  onSlice: () => void = () => {},
  signal?: AbortSignal,
): Promise<boolean> {
  const { rows } = await sql<Planning>`
    update recalls set plan_fence = plan_fence + 1, plan_lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = ${recallId} and state = 'planning' and (plan_lease_until is null or plan_lease_until < now())
    returning id, app_id, selector, mode, created_at, plan_until, plan_fence, started_at, verify_senders, refresh,
              check_state is not distinct from 'done' as checked,
              mode = 'execute' and approve_above is null and max_messages is null and canary_messages is null
              and not verify_senders and not refresh and not selector ? 'messages' as unbounded`.execute(db);
  const planning = rows[0];
  if (planning === undefined) return false;
  const history = historyOf(planning.app_id);
  const calling =
    planning.started_at !== null ||
    (planning.unbounded && planning.plan_until === null && (history?.sendersAbove ?? null) === null);
  try {
    const done =
      (isExplicit(planning.selector)
        ? await freezeNamed(db, planning)
        : await freezeByTime(db, planning, { hash, calling, onSlice, signal })) &&
      (calling || (await checkIfWanted(db, planning, history, hash))) &&
      (await endPlanning(db, planning, calling));
    // Of a recall that was paused meanwhile: whoever finds it resumed need not wait.
    if (!done) await releaseLease(db, planning);
    return done;
  } catch (error) {
    await releaseLease(db, planning).catch(() => {});
    throw error;
  }
}

/** What comparing plans with history takes. */
export interface PlanHistory extends LookUpParts {
  /** Larger plans have their senders compared unasked; null: none has. */
  readonly sendersAbove: number | null;
}

async function checkIfWanted(
  db: Db,
  planning: Planning,
  history: PlanHistory | null,
  hash: HashPieces | null,
): Promise<boolean> {
  const { id, plan_fence: fence, verify_senders: verifySenders, refresh: texts } = planning;
  if (planning.checked) return true;
  const { rows } = await sql<{ messages: number }>`
    select coalesce(sum(called), 0)::bigint as messages from plan_conversations where recall_id = ${id}`.execute(db);
  const above = history?.sendersAbove ?? null;
  const senders = verifySenders || (above !== null && (rows[0]?.messages ?? 0) > above);
  if (!senders && !texts) return true;
  if (history === null) {
    const fault = {
      path: verifySenders ? 'verifySenders' : 'refresh',
      message: 'needs history, which is not read here',
    };
    throw new RecallError('invalid_request', `${fault.path} ${fault.message}`, [fault]);
  }
  const selection = await selectionOf(db, planning, hash);
  return checkPlan(history, { senders, texts }, { id, fence, selection, leaseSeconds: checkLeaseSeconds });
}

async function releaseLease(db: Db, { id, plan_fence: fence }: Planning): Promise<void> {
  await sql`update recalls set plan_lease_until = null where id = ${id} and plan_fence = ${fence}`.execute(db);
}

async function freezeNamed(db: Db, planning: Planning): Promise<boolean> {
  const named = await namedSequences(db, planning);
  const source = sql`
    select distinct on (n.conversation_id, n.msg_seq) n.conversation_id, n.msg_seq, m.msg_time, m.sender, m.received_at
      from unnest(${named.map((s) => s.conversationId)}::bigint[], ${named.map((s) => s.msgSeq)}::bigint[])
           as n (conversation_id, msg_seq)
      left join messages m using (conversation_id, msg_seq)
     order by n.conversation_id, n.msg_seq, m.received_at`;
  return (await freezeFenced(db, planning, '-infinity', source, false)) !== null;
}

async function freezeByTime(
  db: Db,
  planning: Planning,
  {
    hash,
    calling,
    onSlice,
    signal,
  }: { hash: HashPieces | null; calling: boolean; onSlice: () => void; signal: AbortSignal | undefined },
): Promise<boolean> {
  const { selector } = planning;
  const selection = await selectionOf(db, planning, hash);
  const oldest = await oldestTime(db, planning);
  if (oldest === null) return true;
  const bounds = { oldest: oldest.getTime(), newest: planning.created_at.getTime() };
  const slices = createSlices(db, selection, bounds, calling);
  let upper = Number(planning.plan_until ?? (selector.sentTo === undefined ? Infinity : new Date(selector.sentTo)));
  while (upper > bounds.oldest) {
    if (signal?.aborted === true) return false;
    const lower = await slices.lowerOf(upper);
    const frozen = await freezeFenced(db, planning, lower, windowSource(selection, lower, upper), calling);
    if (frozen === null) return false;
    slices.held(frozen.matched);
    upper = lower.getTime();
    if (calling && frozen.planned > 0) onSlice();
  }
  return true;
}

function windowSource(selection: Selection, lower: Date, upper: number): RawBuilder<unknown> {
  const to = upper === Infinity ? sql`` : sql`and m.msg_time < ${new Date(upper)}`;
  return sql`
    select distinct on (m.conversation_id, m.msg_seq) m.conversation_id, m.msg_seq, m.msg_time, m.sender, m.received_at
      from messages m
     where ${matches(selection)} and m.msg_time >= ${lower} ${to}
     order by m.conversation_id, m.msg_seq, m.received_at`;
}

/** Where the window begins: at `sentFrom`, or at the oldest message there is. null: there is none. */
async function oldestTime(db: Db, { app_id: appId, selector }: Planning): Promise<Date | null> {
  const row = await db
    .selectFrom('messages')
    .select((eb) => eb.fn.min('msg_time').as('oldest'))
    .where('app_id', '=', appId)
    .executeTakeFirst();
  const oldest = (row?.oldest as Date | null | undefined) ?? null;
  if (oldest === null || selector.sentFrom === undefined) return oldest;
  return new Date(Math.max(oldest.getTime(), Date.parse(selector.sentFrom)));
}

/** One slice in one transaction; null when another planner has taken over or the recall was cancelled. */
async function freezeFenced(
  db: Db,
  { id, app_id, selector, plan_fence: fence }: Planning,
  until: Date | '-infinity',
  source: RawBuilder<unknown>,
  calling: boolean,
): Promise<Frozen | null> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ planned: number; since: Date | null }>`
      select (select coalesce(sum(pending + recalled + not_found + expired + not_recallable + failed + unknown + cancelled), 0)
                from recall_counters where recall_id = ${id})::bigint as planned,
             (select since from follows where recall_id = ${id}) as since
        from recalls where id = ${id} and state = 'planning' and plan_fence = ${fence}
         -- Evidence of what is called meanwhile refers to this row.
         for no key update`.execute(trx);
    const held = rows[0];
    if (held === undefined) return null;
    const remaining = selector.limit === undefined ? null : Math.max(0, selector.limit - held.planned);
    const leaving = held.since === null ? null : { since: held.since, why: 'limit' as const };
    const frozen = await freezeSlice(trx, { id, app_id }, source, { remaining, calling, leaving });
    await sql`
      update recalls set matched = matched + ${frozen.matched}, protected_left_out = protected_left_out + ${frozen.protected},
             plan_until = ${until}::timestamptz,
             started_at = case when ${calling && frozen.planned > 0} then coalesce(started_at, now()) else started_at end,
             plan_lease_until = now() + make_interval(secs => ${leaseSeconds})
       where id = ${id}`.execute(trx);
    return frozen;
  });
}

/**
 * Where a frozen plan goes: `planned` in mode `plan`; `failed` when it is larger than its requester may
 * recall; `awaiting_approval` when it is larger than may run without another person; else `running`. Batches
 * that were held back because they were not full are called now.
 */
async function endPlanning(db: Db, { id, mode, plan_fence: fence }: Planning, calling: boolean): Promise<boolean> {
  const { rows } = await sql`
    with plan as (
      select coalesce(sum(called), 0) as messages, coalesce(sum((called + 9) / 10), 0) as calls
        from plan_conversations where recall_id = ${id}
    ), ended as (
      update recalls
         set planned_at = now(), plan_lease_until = null,
             state = case when messages > max_messages then 'failed' when ${mode} = 'plan' then 'planned'
                          when messages > approve_above then 'awaiting_approval' else 'running' end,
             state_note = case when messages > max_messages then
               format('the plan holds %s messages; whoever asked may recall %s at once', messages, max_messages) end,
             finished_at = case when messages > max_messages then now() end,
             awaiting_since = case when ${mode} <> 'plan' and messages > approve_above then now() end,
             started_at = case when started_at is not null then started_at
                               when ${mode} <> 'plan' and coalesce(messages <= approve_above, true)
                                and coalesce(messages <= max_messages, true) then now() end
        from plan
       where id = ${id} and state = 'planning' and plan_fence = ${fence}
      returning id, calls
    ), released as (
      update batches b set not_before = '-infinity' from ended e
       where ${calling} and b.recall_id = e.id and b.state = 'waiting' and b.not_before = 'infinity'
    )
    -- Those of a recall that is called already were counted as they came.
    update recall_counters c set batches_total = case when ${calling} then c.batches_total else e.calls end
      from ended e where c.recall_id = e.id and c.shard = 0
    returning c.recall_id`.execute(db);
  return rows.length > 0;
}

/** Gives planning up, with the reason; `retry` takes it up again where it stopped. */
export async function failRecall(db: Db, recallId: string, note: string): Promise<void> {
  await sql`update recalls set state = 'failed', state_note = ${note}, finished_at = now(), plan_lease_until = null
             where id = ${recallId} and state = 'planning'`.execute(db);
}
