import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { deleteInChunks, type NeededDay } from '../messages/index.ts';

/** Recalls whose details are dropped in one run; the next one goes on. */
const recallsARun = 200;
/** What an ended recall consists of, beside its own row and its counts. */
const detailTables = ['attempts', 'batches', 'plan_conversations', 'plan_findings', 'left_out', 'outcomes'] as const;

/** How long what is no message is kept, in days. */
export interface RecordRetention {
  /** The longest of the messages: marks of recalled messages, refused callbacks. */
  readonly messageDays: number;
  readonly evidenceDays: number;
  /** Outcomes and attempts, counted from a recall's end. */
  readonly recallDays: number;
}

/** Rows that went, by kind. */
export interface DroppedRecords {
  readonly evidence: number;
  readonly marks: number;
  readonly quarantined: number;
  /** Recalls that keep only their counts from now on. */
  readonly recalls: number;
}

/** UTC days before a day of which open recalls still have messages to call. A plan in the making may need any. */
export async function neededDays(db: Db, before: Date): Promise<readonly NeededDay[]> {
  const { rows } = await sql<NeededDay>`
    select distinct r.app_id as "appId", (o.sent_at at time zone 'UTC')::date::text as day, r.id as "recallId"
      from recalls r join outcomes o on o.recall_id = r.id
     where r.state in ('planned', 'awaiting_approval', 'running', 'paused', 'planning')
       and o.state in ('pending', 'unknown') and o.sent_at < ${before}
    union
    select r.app_id, p.day::text, r.id from recalls r, message_partitions p
     where r.state = 'planning' and p.day < ${before}::timestamptz`.execute(db);
  return rows;
}

/**
 * Drops what is older than it may be kept, in chunks: what is left over after some hundred thousand rows of a
 * kind is for the next run.
 */
export async function dropOldRecords(db: Db, keep: RecordRetention): Promise<DroppedRecords> {
  const { messageDays, evidenceDays, recallDays } = keep;
  const olderThan = (column: string, days: number) => sql`${sql.ref(column)} < now() - make_interval(days => ${days})`;
  const evidence = await deleteInChunks(db, 'evidence', olderThan('recalled_at', evidenceDays));
  // A message is sent before it is recalled: with the mark as old as that, the message has left the index.
  const marks = await deleteInChunks(
    db,
    'recall_marks',
    sql`${olderThan('recalled_at', messageDays)}
        and (recall_id is null or ${olderThan('recalled_at', Math.max(messageDays, recallDays))})`,
  );
  const quarantined = await deleteInChunks(db, 'quarantine', olderThan('received_at', messageDays));
  await sql`delete from callback_counts where day < now() - make_interval(days => ${recallDays})`.execute(db);
  // Its parts go with it.
  await sql`delete from backfills where finished_at < now() - make_interval(days => ${recallDays})`.execute(db);
  return { evidence, marks, quarantined, recalls: await dropDetails(db, recallDays) };
}

/** Of recalls that ended long ago the counts stay, with who asked for what and why. */
async function dropDetails(db: Db, recallDays: number): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    select id from recalls
     where finished_at < now() - make_interval(days => ${recallDays}) and details_dropped_at is null
       and state in ('completed', 'completed_with_failures', 'cancelled', 'failed')
     order by finished_at limit ${recallsARun}`.execute(db);
  let recalls = 0;
  for (const { id } of rows) {
    let whole = true;
    for (const table of detailTables) {
      const where = sql`recall_id = ${id}`;
      await deleteInChunks(db, table, where);
      const left = await sql`select from ${sql.table(table)} where ${where} limit 1`.execute(db);
      whole &&= left.rows.length === 0;
    }
    if (!whole) continue;
    await sql`delete from deliveries where recall_id = ${id}`.execute(db);
    await sql`update recalls set details_dropped_at = now() where id = ${id}`.execute(db);
    recalls += 1;
  }
  return recalls;
}
