import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import type { BackfillKind, BackfillState } from './backfill-control.ts';
import { readNote, readNotes, type BackfillNote } from './backfill-notes.ts';

/** How far a backfill is, and what it costs. */
export interface Backfill {
  readonly id: string;
  readonly sdkAppId: number;
  readonly kind: BackfillKind;
  readonly state: BackfillState;
  readonly cause: BackfillNote | null;
  /** It stops once all is listed. */
  readonly estimate: boolean;
  readonly since: string;
  readonly requestedBy: string;
  /** Groups that the platform says there are; null: not told yet, or of files. */
  readonly groups: number | null;
  /** Conversations, or hours. */
  readonly parts: {
    readonly total: number;
    readonly waiting: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    /** Live groups. */
    readonly excluded: number;
  };
  /** Sequences, or hours, that the index lacked when they were listed. */
  readonly missing: number;
  readonly calls: {
    /** Of reading and of listing. */
    readonly made: number;
    /** For reading all that is missing: at most, since what has expired is not asked for. */
    readonly estimated: number;
    readonly left: number;
    /** Over the last minute. */
    readonly perSecond: number;
    /** The workers' rate; null: none has taken it up yet. */
    readonly limit: number | null;
  };
  /** Added to the index. */
  readonly messages: number;
  /** What the estimated calls take at the workers' rate; null: not known yet. */
  readonly estimatedSeconds: number | null;
  /** Until its end as things go; null: not running, or not known. */
  readonly secondsLeft: number | null;
  readonly createdAt: string;
  readonly listedAt: string | null;
  readonly finishedAt: string | null;
}

/** A backfill with what is to be said of its parts. */
export interface BackfillDetails extends Backfill {
  /** Why parts ended as they did, with how many. */
  readonly notes: readonly (BackfillNote & { readonly count: number })[];
  /** Parts that could not be read, a hundred at most. */
  readonly failed: readonly FailedPart[];
}

export interface FailedPart {
  /** null: an hour. */
  readonly groupId: string | null;
  readonly topicId: string | null;
  /** `YYYYMMDDHH`, Beijing time; null: a conversation. */
  readonly hour: string | null;
  readonly cause: BackfillNote | null;
}

const failedShown = 100;

interface Row {
  readonly id: string;
  readonly app_id: number;
  readonly kind: BackfillKind;
  readonly state: BackfillState;
  readonly note: string | null;
  readonly estimate: boolean;
  readonly since: Date;
  readonly requested_by: string;
  readonly groups_told: number | null;
  readonly calls_per_second: number | null;
  readonly calls: number;
  readonly created_at: Date;
  readonly listed_at: Date | null;
  readonly finished_at: Date | null;
  readonly total: number;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly part_failed: number;
  readonly excluded: number;
  readonly missing: number;
  readonly estimated: number;
  readonly calls_left: number;
  readonly part_calls: number;
  readonly messages: number;
  readonly per_second: number;
}

/** Backfills of an app, newest first. */
export async function listBackfills(
  db: Db,
  query: { readonly appId: number; readonly before: string | null; readonly limit: number },
): Promise<{ items: Backfill[]; next: string | null }> {
  const { appId, before, limit } = query;
  const rows = await readRows(
    db,
    sql`b.app_id = ${appId} and (${before}::uuid is null or b.id < ${before}::uuid) order by b.id desc limit ${limit + 1}`,
  );
  const items = rows.slice(0, limit).map(toBackfill);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** @throws RecallError `not_found` */
export async function getBackfill(db: Db, appId: number, id: string): Promise<BackfillDetails> {
  const [row] = await readRows(db, sql`b.app_id = ${appId} and b.id = ${id}`);
  if (row === undefined) throw new RecallError('not_found', `there is no backfill ${id}`);
  const notes = await sql<{ note: string; count: number }>`
    select note, count(*) as count from backfill_parts where backfill_id = ${id} and note is not null
     group by 1 order by 2 desc, 1`.execute(db);
  const failed = await sql<{ part: string; step: string; note: string | null }>`
    select part, step, note from backfill_parts where backfill_id = ${id} and state = 'failed'
     order by part limit ${failedShown}`.execute(db);
  return {
    ...toBackfill(row),
    notes: readNotes(notes.rows),
    failed: failed.rows.map(({ part, step, note }) => {
      const [groupId = '', topicId = null] = part.split('\n');
      const hour = step === 'hour';
      return { groupId: hour ? null : groupId, topicId, hour: hour ? part : null, cause: readNote(note) };
    }),
  };
}

async function readRows(db: Db, which: ReturnType<typeof sql>): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    select b.*, p.*, r.*
      from (select b.* from backfills b where ${which}) b
     cross join lateral (
       select count(*) as total,
              count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'running') as running,
              count(*) filter (where state = 'done') as done, count(*) filter (where state = 'failed') as part_failed,
              count(*) filter (where state = 'excluded') as excluded,
              coalesce(sum(missing), 0)::bigint as missing, coalesce(sum(calls_estimated), 0)::bigint as estimated,
              coalesce(sum(greatest(1, calls_estimated - calls)) filter (where state in ('waiting', 'running')), 0)::bigint
                as calls_left,
              coalesce(sum(calls), 0)::bigint as part_calls, coalesce(sum(messages), 0)::bigint as messages
         from backfill_parts where backfill_id = b.id) p
     cross join lateral (
       select coalesce(sum(calls) / greatest(10, least(60, extract(epoch from now() - min(slot)))), 0)::float8 as per_second
         from backfill_rates where backfill_id = b.id and slot > now() - interval '1 minute') r
     order by b.id desc`.execute(db);
  return rows;
}

function toBackfill(row: Row): Backfill {
  const limit = row.calls_per_second;
  const listed = row.listed_at !== null;
  return {
    id: row.id,
    sdkAppId: row.app_id,
    kind: row.kind,
    state: row.state,
    cause: readNote(row.note),
    estimate: row.estimate,
    since: row.since.toISOString(),
    requestedBy: row.requested_by,
    groups: row.groups_told,
    parts: {
      total: row.total,
      waiting: row.waiting,
      running: row.running,
      done: row.done,
      failed: row.part_failed,
      excluded: row.excluded,
    },
    missing: row.missing,
    calls: {
      made: row.calls + row.part_calls,
      estimated: row.estimated,
      left: listed ? row.calls_left : row.estimated,
      perSecond: Math.round(row.per_second * 10) / 10,
      limit,
    },
    messages: row.messages,
    estimatedSeconds: limit === null || !listed ? null : Math.ceil(row.estimated / limit),
    secondsLeft:
      row.state !== 'running' || row.per_second === 0 ? null : Math.max(1, Math.round(row.calls_left / row.per_second)),
    createdAt: row.created_at.toISOString(),
    listedAt: row.listed_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
