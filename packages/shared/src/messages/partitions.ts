import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { deleteInChunks } from './delete-in-chunks.ts';

/** Days made ahead: callbacks keep a partition of their own although no worker runs for a week. */
const daysAhead = 7;
/** How much longer a day stays at most when an open recall still needs it. */
export const holdDays = 7;
const dayMs = 86_400_000;

/** How long the messages of an app are kept, in whole UTC days of their `MsgTime`. */
export interface Retention {
  readonly appId: number;
  readonly days: number;
}

/** A UTC day (YYYY-MM-DD) of which an open recall still has messages to call. */
export interface NeededDay {
  readonly appId: number;
  readonly day: string;
  readonly recallId: string;
}

/** A partition and the recalls that need it. */
export interface NeededPartition {
  readonly name: string;
  readonly recallIds: readonly string[];
}

/** What a look after the partitions came to. */
export interface Maintained {
  readonly made: number;
  readonly dropped: readonly string[];
  /** Older than the retention, and kept for open recalls. */
  readonly held: readonly NeededPartition[];
  /** Dropped although open recalls still need them: the time for which they are held is over. */
  readonly overdue: readonly NeededPartition[];
  /** Rows of apps whose retention is shorter than the longest. */
  readonly deleted: number;
}

/**
 * Keeps the daily partitions: makes those of the days to come, gives a partition to days that rows wait for
 * in the default one, and drops what is older than the longest retention. Rows of apps with a shorter one are
 * deleted from the partitions in between, some hundred thousand a run. Safe in several processes at once.
 *
 * @param retentions of all apps whose messages are in the index
 * @param options.needed tells the days before a day that open recalls need
 */
export async function maintainPartitions(
  db: Db,
  retentions: readonly Retention[],
  options: { now?: Date; needed?: (db: Db, before: Date) => Promise<readonly NeededDay[]> } = {},
): Promise<Maintained> {
  const { now = new Date(), needed = () => Promise.resolve([]) } = options;
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const longest = Math.max(...retentions.map(({ days }) => days));
  const before = (days: number): string => isoDay(today - days * dayMs);
  const made = await makePartitions(db, { today, oldest: before(longest) });
  const shortest = Math.min(...retentions.map(({ days }) => days));
  const old = await partitionsBefore(db, before(shortest));
  const wanted = old.length === 0 ? [] : await needed(db, new Date(today - shortest * dayMs));
  const { held, overdue, dropped } = await dropPartitions(
    db,
    old.filter(({ day }) => day < before(longest)),
    wanted,
    before(longest + holdDays),
  );
  let deleted = 0;
  for (const { appId, days } of retentions) {
    const kept = new Set(
      wanted.filter((one) => one.appId === appId && one.day >= before(days + holdDays)).map(({ day }) => day),
    );
    const there = old.filter(({ name, day }) => day >= before(longest) || held.some((one) => one.name === name));
    const passed = there.filter(({ day }) => day < before(days) && !kept.has(day));
    for (const { name } of passed) deleted += await deleteInChunks(db, name, sql`app_id = ${appId}`);
    await deleteInChunks(db, 'messages_default', sql`app_id = ${appId} and ${outsideAllDays(before(days), today)}`);
  }
  await deleteInChunks(db, 'messages_default', outsideAllDays(before(longest), today));
  return { made, dropped, held, overdue, deleted };
}

/** What came in with a time outside all days is kept for as long, counted from its receipt. */
function outsideAllDays(oldest: string, today: number): ReturnType<typeof sql<boolean>> {
  return sql<boolean>`(msg_time < ${oldest}::date or msg_time >= ${isoDay(today + (daysAhead + 1) * dayMs)}::date)
    and received_at < ${oldest}::date`;
}

async function makePartitions(db: Db, { today, oldest }: { today: number; oldest: string }): Promise<number> {
  const newest = isoDay(today + daysAhead * dayMs);
  const missing = await sql<{ day: string }>`
    select day::text from (
      select d::date as day
        from generate_series(${isoDay(today)}::date, ${newest}::date, interval '1 day') d
      union
      select distinct (msg_time at time zone 'UTC')::date from messages_default
       where msg_time >= ${oldest}::date and msg_time < ${newest}::date + 1
    ) days
     where day not in (select day from message_partitions) order by day`.execute(db);
  let made = 0;
  // Each in a transaction of its own: making one locks the default partition for a moment.
  for (const { day } of missing.rows) {
    const { rows } = await sql<{ made: boolean }>`select ensure_message_partition(${day}::date) as made`.execute(db);
    if (rows[0]?.made === true) made++;
  }
  return made;
}

async function partitionsBefore(db: Db, day: string): Promise<readonly { name: string; day: string }[]> {
  const { rows } = await sql<{ name: string; day: string }>`
    select name, day::text from message_partitions where day < ${day}::date order by day`.execute(db);
  return rows;
}

async function dropPartitions(
  db: Db,
  old: readonly { name: string; day: string }[],
  needed: readonly NeededDay[],
  heldFrom: string,
): Promise<Pick<Maintained, 'held' | 'overdue' | 'dropped'>> {
  const held: NeededPartition[] = [];
  const overdue: NeededPartition[] = [];
  const dropped: string[] = [];
  for (const { name, day } of old) {
    const recallIds = [...new Set(needed.filter((one) => one.day === day).map(({ recallId }) => recallId))];
    if (recallIds.length > 0 && day >= heldFrom) {
      held.push({ name, recallIds });
      continue;
    }
    if (!(await dropPartition(db, day))) continue;
    dropped.push(name);
    if (recallIds.length > 0) overdue.push({ name, recallIds });
  }
  return { held, overdue, dropped };
}

/**
 * Dropping needs the parent table's lock for a moment. Rather than queue for it behind a long query,
 * with all of ingest queued behind itself, it gives up after 200 ms; the next run tries again.
 */
async function dropPartition(db: Db, day: string): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = '200ms'`.execute(trx);
      await sql`select drop_message_partition(${day}::date)`.execute(trx);
    });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === '55P03') return false;
    throw error;
  }
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
