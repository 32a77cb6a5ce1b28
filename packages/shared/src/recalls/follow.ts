import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/index.ts';
import { isRecallError, RecallError } from '../errors/index.ts';
import type { HashPieces } from '../messages/index.ts';
import {
  appendLate,
  findLate,
  lateAtOnce,
  roomForLeftOut,
  takeLeftOut,
  type Appended,
  type Follow,
  type LateMessage,
} from './late.ts';

/** How often one follow is looked at, by whatever worker, ms; rules, of which there may be many, less often. */
const followEveryMs = 150;
const ruleEveryMs = 400;
/** All that a selector selects is looked at so often, s; seldomer when it takes long. */
const sweepEverySeconds = 30;
const sweepShare = 20;
/** After the time is over: for messages on their way into the index, s. */
const settleSeconds = 2;
/** And for gaps that are still asked for, s at most. They are asked for 30 s after they were seen. */
const gapsWithinSeconds = 60;
const gapAskedAfterSeconds = 35;

/** What one look at one follow came to. */
export interface Look {
  readonly recallId: string;
  readonly rule: boolean;
  readonly appended: number;
  readonly leftOut: number;
  /** The cap of the day was reached by this look. */
  readonly capped: boolean;
  readonly ended: boolean;
  /** There may be more at once. */
  readonly more: boolean;
}

/** Follows in force that nobody has looked at for a moment, the longest ago first. */
export async function dueFollows(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select f.recall_id as id from follows f join recalls r on r.id = f.recall_id
     where f.ended_at is null and r.state in ('running', 'paused') and r.planned_at is not null and ${isDue}
     order by f.looked_at limit 200`.execute(db);
  return rows.map(({ id }) => id);
}

const isDue = sql<boolean>`f.looked_at < clock_timestamp() - make_interval(secs =>
  case when f.until is null then ${followEveryMs / 1_000}::float8 else ${ruleEveryMs / 1_000}::float8 end)`;

/**
 * Looks for messages that match a recall and came after its plan was frozen, and appends them to it; ends
 * the follow when its time is over. One look at one recall at a time, over all processes. What a paused
 * recall follows is appended and not called; a cancelled one follows nothing.
 *
 * @param hash finds messages that are kept as pieces
 * @returns null when there is nothing to look at, or somebody else does
 */
export async function lookForLate(db: Db, recallId: string, hash: HashPieces | null): Promise<Look | null> {
  try {
    return await inTransaction(db, (trx) => look(trx, recallId, hash));
  } catch (error) {
    // The message whose copies it follows has left the index.
    if (!isRecallError(error, 'invalid_request')) throw error;
    await sql`update follows set ended_at = now(), cause = 'copy_gone'
               where recall_id = ${recallId} and ended_at is null`.execute(db);
    return { recallId, rule: false, appended: 0, leftOut: 0, capped: false, ended: true, more: false };
  }
}

/** Ends a recall's tail before its time; what was appended stays in the plan. */
export async function stopFollowing(db: Db, recallId: string): Promise<void> {
  const { rows } = await sql`
    update follows set ended_at = now()
     where recall_id = ${recallId} and ended_at is null
       and exists (select from recalls where id = ${recallId} and finished_at is null)
    returning recall_id`.execute(db);
  if (rows.length === 0) throw new RecallError('conflict', 'the recall does not follow what comes, or does so no more');
}

interface LookedAt extends Follow {
  readonly at: Date;
  readonly sweep: boolean;
}

async function look(db: Db, recallId: string, hash: HashPieces | null): Promise<Look | null> {
  const { rows: locks } = await sql<{ held: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('chat-recall follow'), hashtext(${recallId})) as held`.execute(db);
  if (locks[0]?.held !== true) return null;
  const follow = await readFollow(db, recallId);
  if (follow === null) return null;
  const over = follow.at.getTime() - follow.until.getTime();
  const last = over >= settleSeconds * 1_000 && !(await gapsAreAsked(db, follow, over));
  const sweep = last || follow.sweep;

  const began = performance.now();
  const found = await findLate(db, follow, sweep, hash);
  const sweptSeconds = Math.max(sweepEverySeconds, ((performance.now() - began) / 1_000) * sweepShare);
  const taken = await append(db, follow, found);
  if (taken === null) return null;
  const { appended, leftOut, capped } = taken;
  const more = found.length === lateAtOnce;
  const ended = last && !more;
  await sql`
    update follows
       set looked_at = ${follow.at}, ended_at = case when ${ended} then now() end
           ${sweep && !more ? sql`, sweep_due_at = now() + make_interval(secs => ${sweptSeconds}::float8)` : sql``}
     where recall_id = ${recallId} and ended_at is null`.execute(db);
  return { recallId, rule: follow.daily_cap !== null, appended, leftOut, capped, ended, more };
}

async function readFollow(db: Db, recallId: string): Promise<LookedAt | null> {
  const { rows } = await sql<LookedAt>`
    select r.id, r.app_id, r.selector, r.approved_at is not null as approved, now() as at,
           f.sent_from, coalesce(f.until, r.started_at + make_interval(secs => f.seconds)) as until,
           f.approve_above, f.max_messages, f.late, f.left_out, f.looked_at, f.sweep_due_at <= now() as sweep,
           u.daily_cap, coalesce(d.taken, 0) as taken_today, coalesce(d.left_out, 0) as left_out_today
      from follows f
      join recalls r on r.id = f.recall_id
      left join rules u on u.recall_id = f.recall_id
      left join rule_days d on d.recall_id = f.recall_id and d.day = (now() at time zone 'UTC')::date
     where f.recall_id = ${recallId} and f.ended_at is null and r.state in ('running', 'paused')
       and r.planned_at is not null and r.started_at is not null and ${isDue}`.execute(db);
  return rows[0] ?? null;
}

/** Whether something that was sent before the end may still be filled from history. */
async function gapsAreAsked(db: Db, { app_id: appId, until }: Follow, overMs: number): Promise<boolean> {
  if (overMs > gapsWithinSeconds * 1_000) return false;
  const { rows } = await sql<{ asked: boolean }>`
    select exists (select from coverage c join conversations v using (conversation_id)
            where v.app_id = ${appId} and c.due_at < ${until}::timestamptz + make_interval(secs => ${gapAskedAfterSeconds})
           ) as asked`.execute(db);
  return rows[0]?.asked === true;
}

/** null: the recall was cancelled, or its follow ended, meanwhile. */
async function append(
  db: Db,
  follow: LookedAt,
  found: readonly LateMessage[],
): Promise<{ appended: number; leftOut: number; capped: boolean } | null> {
  if (found.length === 0 && roomForLeftOut(follow) === 0) return { appended: 0, leftOut: 0, capped: false };
  // Held until the end: who cancels or pauses waits for this, or this finds it done.
  const { rows } = await sql`
    select from recalls where id = ${follow.id} and state in ('running', 'paused')
       and exists (select from follows where recall_id = ${follow.id} and ended_at is null) for update`.execute(db);
  if (rows.length === 0) return null;
  const waiting = await takeLeftOut(db, follow);
  const came = await appendLate(db, follow, [...found, ...waiting.messages]);
  const leftOut = came.matched - came.protected - came.planned;
  // What waited was counted as matched the day that it came.
  const matched = came.matched - waiting.messages.length;
  await sql`
    update recalls set matched = matched + ${matched}, protected_left_out = protected_left_out + ${came.protected}
     where id = ${follow.id}`.execute(db);
  await sql`
    update follows set late = late + ${came.planned}, left_out = left_out + ${leftOut - waiting.taken},
           cause = coalesce(${came.lacking}, cause)
     where recall_id = ${follow.id}`.execute(db);
  if (follow.daily_cap !== null) await countDay(db, follow.id, came, leftOut);
  const capped = follow.daily_cap !== null && leftOut > 0 && follow.left_out_today === 0;
  return { appended: came.planned, leftOut, capped };
}

async function countDay(db: Db, ruleId: string, { planned }: Appended, leftOut: number): Promise<void> {
  await sql`
    insert into rule_days as d (recall_id, day, taken, left_out)
    values (${ruleId}, (now() at time zone 'UTC')::date, ${planned}, ${leftOut})
    on conflict (recall_id, day) do update
       set taken = d.taken + excluded.taken, left_out = d.left_out + excluded.left_out`.execute(db);
  if (planned > 0) await sql`update rules set last_hit_at = now() where recall_id = ${ruleId}`.execute(db);
}

/** Forgets what follows left out once their recalls have ended: it was remembered to be counted once. */
export async function dropLeftOut(db: Db): Promise<void> {
  await sql`delete from left_out l using recalls r where r.id = l.recall_id and r.finished_at < now()`.execute(db);
}
