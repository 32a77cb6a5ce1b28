import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** Days made ahead: callbacks keep a partition of their own although no worker runs for a week. */
const daysAhead = 7;

/**
 * Keeps the daily partitions: makes those of the days to come, gives a partition to days that rows
 * wait for in the default one, and drops what is older than the retention. Safe to run in several
 * processes at once.
 *
 * @param retentionDays rows whose `MsgTime` is older go, a whole UTC day at a time
 */
export async function maintainPartitions(
  db: Db,
  retentionDays: number,
  now = new Date(),
): Promise<{ made: number; dropped: readonly string[] }> {
  const dayMs = 86_400_000;
  const today = Math.floor(now.getTime() / dayMs) * dayMs;
  const oldest = isoDay(today - retentionDays * dayMs);
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
  const old = await sql<{ name: string }>`
    select name from message_partitions where day < ${oldest}::date order by day`.execute(db);
  const dropped: string[] = [];
  for (const { name } of old.rows) if (await dropPartition(db, name)) dropped.push(name);
  // What came in with a time outside all days is kept for as long, counted from its receipt.
  await sql`delete from messages_default
    where msg_time < ${oldest}::date and received_at < ${oldest}::date`.execute(db);
  return { made, dropped };
}

/**
 * Dropping needs the parent table's lock for a moment. Rather than queue for it behind a long query,
 * with all of ingest queued behind itself, it gives up after 200 ms; the next run tries again.
 */
async function dropPartition(db: Db, name: string): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = '200ms'`.execute(trx);
      await sql`drop table if exists ${sql.table(name)}`.execute(trx);
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
