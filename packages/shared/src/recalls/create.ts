import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import type { RecallRequest } from './request.ts';

/** Rows that hold the counts of one recall; see migrations/0002. */
export const counterShards = 8;

const priorities = { urgent: 1, normal: 2, bulk: 3 } as const;

/** The number that is stored and queued for a priority: lower goes first. */
export function priorityNumber(priority: RecallRequest['priority']): number {
  return priorities[priority];
}

/** The word for a stored priority. */
export function priorityName(number: number): RecallRequest['priority'] {
  return number === 1 ? 'urgent' : number === 3 ? 'bulk' : 'normal';
}

/** What whoever asks may have done without another person. */
export interface Bounds {
  /** The person behind the request, who may not approve it; '': not known. */
  readonly person: string;
  /** Larger plans wait for approval; null: never. */
  readonly approveAbove: number | null;
  /** Larger plans are refused; null: any size. */
  readonly maxMessages: number | null;
}

/** Clocks of receivers may be behind; and a message may be on its way into the index while a plan is frozen. */
const followSinceMinutes = 10;

/** Of the role admin, and of tests. */
const unbounded: Bounds = { person: '', approveAbove: null, maxMessages: null };

/**
 * Stores a recall in the state `planning`, or finds the one that the idempotency key already made.
 *
 * @throws RecallError `conflict` when the key was used for another request
 */
export async function createRecall(
  db: Db,
  recall: {
    appId: number;
    request: RecallRequest;
    requestedBy: string;
    source: 'api' | 'queue';
    idempotencyKey: string | null;
    bounds?: Bounds;
    /** What else makes it the same request. */
    alike?: object;
  },
): Promise<{ id: string; created: boolean }> {
  const { appId, request, requestedBy, source, idempotencyKey, bounds = unbounded, alike } = recall;
  const selector = JSON.stringify(request.selector);
  // The column is a `real`, which refuses what would become 0 in it.
  const failedShare = request.canary === undefined ? null : Math.fround(request.canary.maxFailedShare);
  const { followSeconds } = request;
  const hashed: unknown[] = [request.selector, request.reason, request.mode, request.priority, request.canary ?? null];
  // Only where there is one: the hashes of before stay what they were.
  if (followSeconds > 0) hashed.push({ followSeconds });
  if (request.verifySenders || request.refresh) hashed.push([request.verifySenders, request.refresh]);
  if (alike !== undefined) hashed.push(alike);
  const requestHash = createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
  const inserted = await sql<{ id: string }>`
    with made as (
      insert into recalls (id, app_id, state, selector, reason, mode, priority, requested_by, source,
                           idempotency_key, request_hash, requested_person, approve_above, max_messages,
                           canary_messages, canary_failed_share, verify_senders, refresh)
      values (${uuidv7()}, ${appId}, 'planning', ${selector}::jsonb, ${request.reason}, ${request.mode},
              ${priorityNumber(request.priority)}, ${requestedBy}, ${source}, ${idempotencyKey}, ${requestHash},
              ${bounds.person}, ${bounds.approveAbove}, ${bounds.maxMessages},
              ${request.canary?.messages ?? null}, ${failedShare}, ${request.verifySenders}, ${request.refresh})
      on conflict (app_id, idempotency_key) do nothing
      returning id
    ), counters as (
      insert into recall_counters (recall_id, shard)
      select id, shard from made, generate_series(0, ${counterShards - 1}) shard
    ), following as (
      insert into follows (recall_id, seconds, since, approve_above, max_messages)
      select id, ${followSeconds}::integer, now() - make_interval(mins => ${followSinceMinutes}),
             ${bounds.approveAbove}::bigint, ${bounds.maxMessages}::bigint
        from made where ${followSeconds}::integer > 0
    )
    select id from made`.execute(db);
  const made = inserted.rows[0];
  if (made !== undefined) return { id: made.id, created: true };
  const existing = await db
    .selectFrom('recalls')
    .select(['id', 'request_hash'])
    .where('app_id', '=', appId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirstOrThrow();
  if (existing.request_hash !== requestHash) {
    const message = `the idempotency key was used for another request (recall ${existing.id})`;
    throw new RecallError('conflict', message, [], `该幂等键已用于另一请求（撤回任务 ${existing.id}）`);
  }
  return { id: existing.id, created: false };
}
