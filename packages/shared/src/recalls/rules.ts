import { sql } from 'kysely';
import { inTransaction, type Db, type RecallState } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { createRecall, type Bounds } from './create.ts';
import { getRecall, listRecalls, type Recall } from './read.ts';
import { parseOrThrow, recallRequestSchema, type RuleRequest } from './request.ts';
import type { Tail } from './tail.ts';

/** How long a rule may stand, days. */
const standsAtMostDays = 90;
const dayMs = 86_400_000;

/** A standing rule with what it did. */
export interface Rule extends Pick<
  Recall,
  'id' | 'sdkAppId' | 'state' | 'stateNote' | 'selector' | 'reason' | 'priority' | 'counts' | 'protectedLeftOut'
> {
  readonly name: string | null;
  /** Who asked for it. */
  readonly owner: string;
  readonly dailyCap: number;
  readonly expiresAt: string;
  readonly approval: Recall['approval'];
  /** Messages that found no room in a day, and are not taken back yet. */
  readonly leftOut: number;
  readonly cause: Tail['cause'];
  /** The present UTC day. */
  readonly today: { readonly day: string; readonly taken: number; readonly leftOut: number; readonly capped: boolean };
  readonly lastHitAt: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/**
 * Stores a rule: a recall without a plan, which takes back what matches and comes from now on (or was sent
 * since the selector's `sentFrom`) until it expires, at most `dailyCap` messages a UTC day. It runs at once,
 * or waits for another person when its cap is larger than whoever asks may recall alone.
 *
 * @throws RecallError `invalid_request` for an `expiresAt` that is past or too far, `forbidden` for a cap that
 * is larger than whoever asks may recall at all, `conflict` for a key that was used for another request
 */
export async function createRule(
  db: Db,
  rule: {
    appId: number;
    request: RuleRequest;
    requestedBy: string;
    idempotencyKey: string | null;
    bounds: Bounds;
    now: Date;
  },
): Promise<{ id: string; created: boolean }> {
  const { request, bounds, now, ...asked } = rule;
  const { selector, reason, priority, name, dailyCap, expiresAt } = request;
  judgeExpiry(expiresAt, now);
  if (bounds.maxMessages !== null && dailyCap > bounds.maxMessages) {
    throw new RecallError('forbidden', `the cap is ${dailyCap} messages a day; you may recall ${bounds.maxMessages}`);
  }
  const waits = bounds.approveAbove !== null && dailyCap > bounds.approveAbove;
  return inTransaction(db, async (trx) => {
    const made = await createRecall(trx, {
      ...asked,
      request: parseOrThrow(recallRequestSchema, { selector, reason, priority }),
      source: 'api',
      bounds,
      alike: { name, dailyCap, expiresAt },
    });
    if (!made.created) return made;
    await sql`
      update recalls set state = ${waits ? 'awaiting_approval' : 'running'}, planned_at = now(),
             awaiting_since = ${waits ? sql`now()` : null}, started_at = ${waits ? null : sql`now()`}
       where id = ${made.id}`.execute(trx);
    await sql`
      insert into follows (recall_id, seconds, until, sent_from, since)
      values (${made.id}, extract(epoch from ${expiresAt}::timestamptz - now())::integer, ${expiresAt},
              ${selector.sentFrom === undefined ? sql`now()` : null}, '-infinity')`.execute(trx);
    await sql`insert into rules (recall_id, name, daily_cap) values (${made.id}, ${name ?? null}, ${dailyCap})`.execute(
      trx,
    );
    return made;
  });
}

function judgeExpiry(expiresAt: string, now: Date): void {
  const standsMs = Date.parse(expiresAt) - now.getTime();
  if (standsMs > 0 && standsMs <= standsAtMostDays * dayMs) return;
  const fault = { path: 'expiresAt', message: `must be in the future, within ${standsAtMostDays} days` };
  throw new RecallError('invalid_request', `${fault.path} ${fault.message}`, [fault]);
}

/** Rules, newest first, and the id after which the next page begins (null: there is none). */
export async function listRules(
  db: Db,
  query: { appId: number; states: readonly RecallState[]; before: string | null; limit: number },
): Promise<{ items: Rule[]; next: string | null }> {
  const { items, next } = await listRecalls(db, { ...query, requestedBy: null, kind: 'rule' });
  return { items: await withDeeds(db, items), next };
}

/** @throws RecallError `not_found` also for a recall that is no rule */
export async function getRule(db: Db, appId: number, id: string): Promise<Rule> {
  const recall = await getRecall(db, appId, id).catch(() => null);
  const [rule] = recall === null ? [] : await withDeeds(db, [recall]);
  if (rule === undefined) throw new RecallError('not_found', `there is no rule ${id}`);
  return rule;
}

interface Deeds {
  recall_id: string;
  last_hit_at: Date | null;
  day: string;
  taken: number;
  left_out: number;
}

async function withDeeds(db: Db, recalls: readonly Recall[]): Promise<Rule[]> {
  const { rows } = await sql<Deeds>`
    select u.recall_id, u.last_hit_at, t.day::text as day, coalesce(d.taken, 0) as taken,
           coalesce(d.left_out, 0) as left_out
      from rules u
     cross join (select (now() at time zone 'UTC')::date as day) t
      left join rule_days d on d.recall_id = u.recall_id and d.day = t.day
     where u.recall_id = any(${recalls.map(({ id }) => id)}::uuid[])`.execute(db);
  const deeds = new Map(rows.map((row) => [row.recall_id, row]));
  return recalls.flatMap((recall) => {
    const did = deeds.get(recall.id);
    return did === undefined || recall.rule === null || recall.follow === null ? [] : [toRule(recall, did)];
  });
}

function toRule(recall: Recall, did: Deeds): Rule {
  const { id, sdkAppId, state, stateNote, selector, reason, priority, counts, protectedLeftOut, approval } = recall;
  const { createdAt, startedAt, finishedAt } = recall;
  const dailyCap = recall.rule?.dailyCap ?? 0;
  return {
    id,
    sdkAppId,
    state,
    stateNote,
    selector,
    reason,
    priority,
    counts,
    protectedLeftOut,
    approval,
    createdAt,
    startedAt,
    finishedAt,
    dailyCap,
    name: recall.rule?.name ?? null,
    owner: recall.requestedBy,
    expiresAt: recall.follow?.until ?? '',
    leftOut: recall.follow?.leftOut ?? 0,
    cause: recall.follow?.cause ?? null,
    today: { day: did.day, taken: did.taken, leftOut: did.left_out, capped: did.taken >= dailyCap },
    lastHitAt: did.last_hit_at?.toISOString() ?? null,
  };
}
