import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import {
  conversationsOf,
  fold,
  internConversations,
  matches,
  sameTextOf,
  type HashPieces,
  type SameText,
  type Selection,
  type Sequence,
} from '../messages/index.ts';
import { checkPlan } from './check-plan.ts';
import { freezeSlice, type Frozen } from './freeze.ts';
import { isExplicit, type Selector } from './request.ts';
import type { LookUpParts } from './resolve-unknown.ts';

/**
 * How long a planner may be silent before another takes over, s. A slice may take longer: it holds the
 * recall's row, so that a claim waits for it.
 */
const leaseSeconds = 10;
/** The same while the plan is compared with history: a step waits for its calls. */
const checkLeaseSeconds = 60;
/** A slice aims at this many messages: seconds of work at most, and little is lost with a killed worker. */
const sliceRows = 20_000;
const hourMs = 3_600_000;

interface Planning {
  readonly id: string;
  readonly app_id: number;
  readonly selector: Selector;
  readonly mode: 'plan' | 'execute';
  readonly created_at: Date;
  readonly plan_until: Date | number | null;
  readonly plan_fence: number;
}

/**
 * Freezes the plan of a recall in the state `planning`, newest messages first, slice by slice of time:
 * each slice is one transaction, so that planning goes on where it stopped and its memory does not
 * grow with the plan. Afterwards the recall is `planned` or `running`.
 *
 * @param historyOf to compare the plan of an app with before it runs; null: history is not read
 * @param hash finds messages that are kept as pieces
 * @returns false when there was nothing to do: planned already, or another worker is at it
 */
export async function planRecall(
  db: Db,
  recallId: string,
  historyOf: (appId: number) => PlanHistory | null = () => null,
  hash: HashPieces | null = null,
): Promise<boolean> {
  const { rows } = await sql<Planning>`
    update recalls set plan_fence = plan_fence + 1, plan_lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = ${recallId} and state = 'planning' and (plan_lease_until is null or plan_lease_until < now())
    returning id, app_id, selector, mode, created_at, plan_until, plan_fence`.execute(db);
  const planning = rows[0];
  if (planning === undefined) return false;
  try {
    const done = isExplicit(planning.selector)
      ? await freezeNamed(db, planning)
      : await freezeByTime(db, planning, hash);
    return (
      done && (await checkIfWanted(db, planning, historyOf(planning.app_id), hash)) && (await endPlanning(db, planning))
    );
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
  const { id, plan_fence: fence } = planning;
  const { rows } = await sql<{ senders: boolean; texts: boolean; checked: boolean; messages: number }>`
    select verify_senders as senders, refresh as texts, check_state is not distinct from 'done' as checked,
           (select coalesce(sum(called), 0) from plan_conversations where recall_id = ${id})::bigint as messages
      from recalls where id = ${id}`.execute(db);
  const [wanted] = rows;
  if (wanted === undefined || wanted.checked) return wanted !== undefined;
  const above = history?.sendersAbove ?? null;
  const senders = wanted.senders || (above !== null && wanted.messages > above);
  if (!senders && !wanted.texts) return true;
  if (history === null) {
    const fault = {
      path: wanted.senders ? 'verifySenders' : 'refresh',
      message: 'needs history, which is not read here',
    };
    throw new RecallError('invalid_request', `${fault.path} ${fault.message}`, [fault]);
  }
  const selection = await selectionOf(db, planning, hash);
  return checkPlan(
    history,
    { senders, texts: wanted.texts },
    { id, fence, selection, leaseSeconds: checkLeaseSeconds },
  );
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
  return (await freezeFenced(db, planning, '-infinity', source)) !== null;
}

async function namedSequences(
  db: Db,
  { app_id: appId, selector }: Pick<Planning, 'app_id' | 'selector'>,
): Promise<Sequence[]> {
  const messages = selector.messages ?? [];
  const ids = await internConversations(
    db,
    messages.map(({ groupId, topicId }) => ({ appId, groupId, topicId: topicId ?? '', groupType: '' })),
  );
  return messages.flatMap(({ msgSeqs }, at) => msgSeqs.map((msgSeq) => ({ conversationId: Number(ids[at]), msgSeq })));
}

async function freezeByTime(db: Db, planning: Planning, hash: HashPieces | null): Promise<boolean> {
  const { selector } = planning;
  const selection = await selectionOf(db, planning, hash);
  const oldest = await oldestTime(db, planning);
  let upper = planning.plan_until ?? (selector.sentTo === undefined ? Infinity : new Date(selector.sentTo));
  let spanMs = hourMs;
  while (oldest !== null && Number(upper) > oldest.getTime()) {
    const top = Math.min(Number(upper), Math.max(planning.created_at.getTime(), oldest.getTime() + 1));
    const lower = new Date(Math.max(oldest.getTime(), top - spanMs));
    const frozen = await freezeFenced(db, planning, lower, windowSource(selection, lower, upper));
    if (frozen === null) return false;
    upper = lower;
    if (frozen.matched < sliceRows / 4) spanMs *= frozen.matched === 0 ? 8 : 2;
    else if (frozen.matched > sliceRows * 2) spanMs = Math.max(60_000, spanMs / 2);
  }
  return true;
}

function windowSource(selection: Selection, lower: Date, upper: Date | number): RawBuilder<unknown> {
  const to = upper instanceof Date ? sql`and m.msg_time < ${upper}` : sql``;
  return sql`
    select distinct on (m.conversation_id, m.msg_seq) m.conversation_id, m.msg_seq, m.msg_time, m.sender, m.received_at
      from messages m
     where ${matches(selection)} and m.msg_time >= ${lower} ${to}
     order by m.conversation_id, m.msg_seq, m.received_at`;
}

/** A selector made ready for the database. */
export async function selectionOf(
  db: Db,
  recall: Pick<Planning, 'app_id' | 'selector'>,
  hash: HashPieces | null = null,
): Promise<Selection> {
  const { app_id: appId, selector } = recall;
  return {
    appId,
    senders: selector.senders ?? [],
    excludeSenders: selector.excludeSenders ?? [],
    keywords: (selector.keywords ?? []).map((keyword) => fold(keyword).trim()),
    conversationIds: await conversationsOf(db, appId, selector.groupIds ?? [], selector.topicIds ?? []),
    sequences: selector.messages === undefined ? null : await namedSequences(db, recall),
    sameText: selector.sameTextAs === undefined ? null : await copiedText(db, appId, selector.sameTextAs, hash),
    hash,
    messageTypes: 0,
  };
}

/** @throws RecallError `invalid_request` when the index does not hold the message, or it has no text */
async function copiedText(
  db: Db,
  appId: number,
  message: NonNullable<Selector['sameTextAs']>,
  hash: HashPieces | null,
): Promise<SameText> {
  const text = await sameTextOf(db, appId, { ...message, topicId: message.topicId ?? null }, hash);
  if (text !== null) return text;
  const fault = {
    path: 'selector.sameTextAs',
    message: 'must name a message that the index holds and that has a text',
  };
  throw new RecallError('invalid_request', `${fault.path} ${fault.message}`, [fault]);
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
): Promise<Frozen | null> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ planned: number; since: Date | null }>`
      select (select coalesce(sum(pending + recalled), 0) from recall_counters where recall_id = ${id})::bigint as planned,
             (select since from follows where recall_id = ${id}) as since
        from recalls where id = ${id} and state = 'planning' and plan_fence = ${fence} for update`.execute(trx);
    const held = rows[0];
    if (held === undefined) return null;
    const remaining = selector.limit === undefined ? null : Math.max(0, selector.limit - held.planned);
    const leaving = held.since === null ? null : { since: held.since, why: 'limit' as const };
    const frozen = await freezeSlice(trx, { id, app_id }, source, { remaining, leaving });
    await sql`
      update recalls set matched = matched + ${frozen.matched}, protected_left_out = protected_left_out + ${frozen.protected},
             plan_until = ${until}::timestamptz,
             plan_lease_until = now() + make_interval(secs => ${leaseSeconds})
       where id = ${id}`.execute(trx);
    return frozen;
  });
}

/**
 * Where a frozen plan goes: `planned` in mode `plan`; `failed` when it is larger than its requester may
 * recall; `awaiting_approval` when it is larger than may run without another person; else `running`.
 */
async function endPlanning(db: Db, { id, mode, plan_fence: fence }: Planning): Promise<boolean> {
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
             started_at = case when ${mode} <> 'plan' and coalesce(messages <= approve_above, true)
                                and coalesce(messages <= max_messages, true) then now() end
        from plan
       where id = ${id} and state = 'planning' and plan_fence = ${fence}
      returning id, calls
    )
    update recall_counters c set batches_total = e.calls from ended e where c.recall_id = e.id and c.shard = 0
    returning c.recall_id`.execute(db);
  return rows.length > 0;
}

/** Gives planning up, with the reason; `retry` takes it up again where it stopped. */
export async function failRecall(db: Db, recallId: string, note: string): Promise<void> {
  await sql`update recalls set state = 'failed', state_note = ${note}, finished_at = now(), plan_lease_until = null
             where id = ${recallId} and state = 'planning'`.execute(db);
}
