import { sql, type RawBuilder } from 'kysely';
import type { Db, RecallState } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { priorityName } from './create.ts';
import { checkOf, proofColumns, proofOf, type Check, type Proof, type ProofRow } from './proof.ts';
import type { RecallRequest, Selector } from './request.ts';
import { stateCauseOf, type StateCause } from './state-cause.ts';
import { tailOf, type Tail, type TailRow } from './tail.ts';

/** A recall as people and programs see it. */
export interface Recall {
  readonly id: string;
  readonly sdkAppId: number;
  readonly state: RecallState;
  /** Why it is paused or failed, in words; with the platform's code if it was one. */
  readonly stateNote: string | null;
  /** The same with a code, in both languages. */
  readonly stateCause: StateCause | null;
  readonly pauseCode: number | null;
  readonly selector: Selector;
  readonly reason: string;
  readonly requestedBy: string;
  readonly source: 'api' | 'queue';
  readonly mode: 'plan' | 'execute';
  readonly priority: RecallRequest['priority'];
  readonly counts: Readonly<Record<'matched' | 'planned' | CountedState, number>>;
  readonly batches: { readonly total: number; readonly done: number };
  /** Matched, and left out of the plan because the sender or the message is protected. */
  readonly protectedLeftOut: number;
  /** null: it never needed another person. */
  readonly approval: {
    readonly above: number;
    readonly awaitingSince: string | null;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
  } | null;
  /** null: there is no first wave. */
  readonly canary: {
    readonly messages: number;
    readonly maxFailedShare: number;
    readonly state: 'running' | 'passed' | 'stopped';
  } | null;
  /** What comes after the plan was frozen; null: it does not follow. */
  readonly follow: Tail | null;
  /** A standing rule; null: an ordinary recall. */
  readonly rule: { readonly name: string | null; readonly dailyCap: number } | null;
  readonly proof: Proof;
  /** null: nothing is compared with history before it runs. */
  readonly check: Check | null;
  readonly executedBy: string | null;
  readonly createdAt: string;
  readonly plannedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** When its outcomes and attempts were dropped for their age; its counts stay. null: they are there. */
  readonly detailsDroppedAt: string | null;
}

type CountedState =
  | 'pending'
  | 'recalled'
  | 'notFound'
  | 'expired'
  | 'notRecallable'
  | 'failed'
  | 'unknown'
  | 'cancelled';

/**
 * @param appId null: of whichever app
 * @throws RecallError `not_found`
 */
export async function getRecall(db: Db, appId: number | null, id: string): Promise<Recall> {
  const ofApp = appId === null ? sql`` : sql`r.app_id = ${appId} and`;
  const [recall] = await readRecalls(db, sql`${ofApp} r.id = ${id}`, 1);
  if (recall === undefined) throw new RecallError('not_found', `there is no recall ${id}`);
  return recall;
}

/** Recalls, newest first, and the id after which the next page begins (null: there is none). */
export async function listRecalls(
  db: Db,
  query: {
    appId: number;
    states: readonly RecallState[];
    requestedBy: string | null;
    createdFrom?: Date | null;
    createdTo?: Date | null;
    /** Standing rules, or all the others; null: both. */
    kind?: 'recall' | 'rule' | null;
    before: string | null;
    limit: number;
  },
): Promise<{ items: Recall[]; next: string | null }> {
  const { appId, states, requestedBy, createdFrom = null, createdTo = null, kind = null, before, limit } = query;
  const all = [sql`r.app_id = ${appId}`];
  if (states.length > 0) all.push(sql`r.state = any(${states}::text[])`);
  if (requestedBy !== null) all.push(sql`r.requested_by = ${requestedBy}`);
  if (createdFrom !== null) all.push(sql`r.created_at >= ${createdFrom}`);
  if (createdTo !== null) all.push(sql`r.created_at < ${createdTo}`);
  if (kind !== null) {
    const rule = sql`exists (select from rules u where u.recall_id = r.id)`;
    all.push(kind === 'rule' ? rule : sql`not ${rule}`);
  }
  if (before !== null) {
    all.push(sql`(r.created_at, r.id) < (select created_at, id from recalls where id = ${before})`);
  }
  const recalls = await readRecalls(db, sql`${sql.join(all, sql` and `)}`, limit + 1);
  const items = recalls.slice(0, limit);
  return { items, next: recalls.length > limit ? (items.at(-1)?.id ?? null) : null };
}

async function readRecalls(db: Db, where: RawBuilder<unknown>, limit: number): Promise<Recall[]> {
  const { rows } = await sql<RecallRow>`
    select r.*, c.*, f.seconds as follow_seconds, f.late, f.left_out, f.cause as follow_cause, f.ended_at as follow_ended_at,
           f.approve_above as follow_above, f.max_messages as follow_max,
           coalesce(f.until, r.started_at + make_interval(secs => f.seconds)) as follow_until,
           coalesce(f.until, r.started_at + make_interval(secs => f.seconds)) <= now() as follow_over,
           u.name as rule_name, u.daily_cap, ${proofColumns}
      from (select * from recalls r where ${where} order by r.created_at desc, r.id desc limit ${limit}) r
      cross join lateral (
        select sum(pending)::bigint as pending, sum(recalled)::bigint as recalled, sum(not_found)::bigint as not_found,
               sum(expired)::bigint as expired, sum(not_recallable)::bigint as not_recallable,
               sum(failed)::bigint as failed, sum(unknown)::bigint as unknown, sum(cancelled)::bigint as cancelled,
               sum(batches_total)::bigint as batches_total, sum(batches_done)::bigint as batches_done
          from recall_counters where recall_id = r.id
      ) c
      left join follows f on f.recall_id = r.id
      left join rules u on u.recall_id = r.id
     order by r.created_at desc, r.id desc`.execute(db);
  return rows.map(toRecall);
}

interface RecallRow extends TailRow, ProofRow {
  id: string;
  app_id: number;
  state: RecallState;
  state_note: string | null;
  pause_code: number | null;
  selector: Selector;
  reason: string;
  requested_by: string;
  source: 'api' | 'queue';
  mode: 'plan' | 'execute';
  priority: number;
  matched: number;
  approve_above: number | null;
  awaiting_since: Date | null;
  approved_by: string | null;
  approved_at: Date | null;
  executed_by: string | null;
  protected_left_out: number;
  canary_messages: number | null;
  canary_failed_share: number | null;
  canary_state: 'running' | 'passed' | 'stopped' | null;
  created_at: Date;
  planned_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  details_dropped_at: Date | null;
  rule_name: string | null;
  pending: number;
  recalled: number;
  not_found: number;
  expired: number;
  not_recallable: number;
  failed: number;
  unknown: number;
  cancelled: number;
  batches_total: number;
  batches_done: number;
}

function toRecall(row: RecallRow): Recall {
  const counts = {
    pending: row.pending,
    recalled: row.recalled,
    notFound: row.not_found,
    expired: row.expired,
    notRecallable: row.not_recallable,
    failed: row.failed,
    unknown: row.unknown,
    cancelled: row.cancelled,
  };
  const planned = Object.values(counts).reduce((sum, n) => sum + n, 0);
  return {
    id: row.id,
    sdkAppId: row.app_id,
    state: row.state,
    stateNote: row.state_note,
    stateCause: stateCauseOf(row.state_note),
    pauseCode: row.pause_code,
    selector: row.selector,
    reason: row.reason,
    requestedBy: row.requested_by,
    source: row.source,
    mode: row.mode,
    priority: priorityName(row.priority),
    counts: { matched: row.matched, planned, ...counts },
    batches: { total: row.batches_total, done: row.batches_done },
    protectedLeftOut: row.protected_left_out,
    approval:
      row.awaiting_since === null && row.approved_at === null
        ? null
        : {
            above: row.approve_above ?? 0,
            awaitingSince: row.awaiting_since?.toISOString() ?? null,
            approvedBy: row.approved_by,
            approvedAt: row.approved_at?.toISOString() ?? null,
          },
    canary:
      row.canary_messages === null
        ? null
        : {
            messages: row.canary_messages,
            maxFailedShare: Math.round((row.canary_failed_share ?? 0) * 1_000) / 1_000,
            state: row.canary_state ?? 'running',
          },
    follow: tailOf(row),
    rule: row.daily_cap === null ? null : { name: row.rule_name, dailyCap: row.daily_cap },
    proof: proofOf(row),
    check: checkOf(row),
    executedBy: row.executed_by,
    createdAt: row.created_at.toISOString(),
    plannedAt: row.planned_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    detailsDroppedAt: row.details_dropped_at?.toISOString() ?? null,
  };
}
