import { sql } from 'kysely';
import type { Db, RecallState } from '../db/index.ts';

/** Tries before a delivery is given up: with the pauses between them about a day. */
const triesAtMost = 12;
/** How long a sender has a delivery to itself, s. */
const leaseSeconds = 60;

/** Telling the completion webhook that a recall ended. */
export interface Delivery {
  readonly id: string;
  readonly recallId: string;
  readonly state: RecallState;
  readonly endedAt: string;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly deliveredAt: string | null;
  readonly givenUpAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

/** Notes the recalls that ended since `since` and are not noted yet. Each end is told once it is noted, however often this runs. */
export async function noteEndedRecalls(db: Db, since: Date): Promise<void> {
  await sql`
    insert into deliveries (recall_id, ended_at)
    select id, finished_at from recalls
     where finished_at >= ${since} and state in ('completed', 'completed_with_failures', 'cancelled', 'failed')
    on conflict (recall_id, ended_at) do nothing`.execute(db);
}

/** Takes deliveries that are due; another process does not get them for a minute. */
export async function takeDeliveries(
  db: Db,
  limit: number,
): Promise<readonly { id: string; recallId: string; attempts: number }[]> {
  const { rows } = await sql<{ id: string; recallId: string; attempts: number }>`
    update deliveries set attempts = attempts + 1, next_at = now() + make_interval(secs => ${leaseSeconds})
     where delivery_id in (
             select delivery_id from deliveries
              where delivered_at is null and given_up_at is null and next_at <= now()
              order by next_at limit ${limit} for update skip locked)
    returning delivery_id as id, recall_id as "recallId", attempts`.execute(db);
  return rows;
}

/** Writes what came of a try: done, or again after 5 s, 10 s, … up to 6 h, or given up. */
export async function settleDelivery(
  db: Db,
  delivery: { id: string; attempts: number },
  outcome: { status: number | null; error: string | null },
): Promise<void> {
  const delivered = outcome.error === null;
  const pauseSeconds = Math.min(6 * 3_600, 5 * 2 ** (delivery.attempts - 1));
  const givenUp = !delivered && delivery.attempts >= triesAtMost;
  await sql`
    update deliveries
       set last_status = ${outcome.status}, last_error = ${outcome.error},
           delivered_at = ${delivered ? sql`now()` : null}, given_up_at = ${givenUp ? sql`now()` : null},
           next_at = now() + make_interval(secs => ${pauseSeconds})
     where delivery_id = ${delivery.id}`.execute(db);
}

/** A page of deliveries, the latest first; `next` is where the next page begins. */
export async function listDeliveries(
  db: Db,
  query: { appId: number; before: { endedAt: string; id: string } | null; limit: number },
): Promise<{ items: Delivery[]; next: { endedAt: string; id: string } | null }> {
  const { appId, before, limit } = query;
  const { rows } = await sql<
    Record<'ended_at', Date> &
      Record<'next_at' | 'delivered_at' | 'given_up_at', Date | null> & {
        delivery_id: string;
        recall_id: string;
        state: RecallState;
        attempts: number;
        last_status: number | null;
        last_error: string | null;
      }
  >`
    select d.*, r.state from deliveries d join recalls r on r.id = d.recall_id
     where r.app_id = ${appId}
       ${before === null ? sql`` : sql`and (date_trunc('milliseconds', d.ended_at), d.delivery_id) < (${before.endedAt}::timestamptz, ${before.id}::uuid)`}
     order by date_trunc('milliseconds', d.ended_at) desc, d.delivery_id desc limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit).map((row) => ({
    id: row.delivery_id,
    recallId: row.recall_id,
    state: row.state,
    endedAt: row.ended_at.toISOString(),
    attempts: row.attempts,
    nextAt: row.delivered_at === null && row.given_up_at === null ? (row.next_at?.toISOString() ?? null) : null,
    deliveredAt: row.delivered_at?.toISOString() ?? null,
    givenUpAt: row.given_up_at?.toISOString() ?? null,
    lastStatus: row.last_status,
    lastError: row.last_error,
  }));
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? { endedAt: last.endedAt, id: last.id } : null };
}
