import { sql } from 'kysely';
import { appendAudit, system } from '../audit/index.ts';
import type { Db } from '../db/index.ts';
import { codeOf } from '../errors/index.ts';
import { replacementOf } from '../messages/index.ts';
import type { Queue } from '../queue/index.ts';
import { eraseEvents, eraseInJobs } from './erase-jobs.ts';
import { forgetKeys } from './erase-notes.ts';
import { createMention } from './mention.ts';
import type { Changed, Stepped, Subject } from './step.ts';
import { analyzed, steps } from './steps.ts';
import type { Key } from './walk.ts';

/** How long a silent worker keeps an erasure to itself, s. A step takes far less, and holds the row meanwhile. */
const leaseSeconds = 10;
/** How soon what an erasure waits for is looked at again, s. */
const waitSeconds = 2;
/** Before a step is done again that met a lock, ms. */
const lockPauseMs = 100;

/** What carrying out erasures takes. */
export interface EraserParts {
  readonly db: Db;
  readonly appIds: readonly number[];
  /** `recall-jobs`. */
  readonly jobs: Queue;
  /** Of BullMQ's tables; null: on Redis. */
  readonly jobsSchema: string | null;
  /** Aborted when the process stops. */
  readonly signal: AbortSignal;
}

/** How a run over an erasure ended. */
export interface Erased {
  readonly id: string;
  readonly end: 'completed' | 'waiting' | 'left';
  readonly changed: Changed;
}

interface Claimed {
  readonly id: string;
  readonly app_id: number;
  readonly sender: string;
  readonly fence: number;
}

/**
 * Takes the oldest erasure that nobody has in hand and goes on with it until it is done, waits for something,
 * or the process stops. Each step is a transaction with the place where the next one begins: one that was
 * killed is done again, and nothing else.
 *
 * @returns null when there is none
 */
export async function eraseNext(parts: EraserParts): Promise<Erased | null> {
  const { db, appIds, signal } = parts;
  const { rows } = await sql<Claimed>`
    update erasures set fence = fence + 1, started_at = coalesce(started_at, now()), waits_for = null,
           lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = (select id from erasures
                  where app_id = any(${appIds}::bigint[]) and finished_at is null
                    and (lease_until is null or lease_until < now())
                  order by created_at limit 1 for update skip locked)
    returning id, app_id, sender, fence`.execute(db);
  const claimed = rows[0];
  if (claimed === undefined) return null;
  const subject: Subject = {
    id: claimed.id,
    appId: claimed.app_id,
    mention: createMention(claimed.sender, replacementOf(claimed.id)),
  };
  for (;;) {
    if (signal.aborted) {
      await release(db, claimed);
      return { id: claimed.id, end: 'left', changed: {} };
    }
    const { end, changed } = await stepOn(parts, claimed, subject);
    if (end !== 'goes_on') return { id: claimed.id, end, changed };
  }
}

type StepEnd = { readonly end: 'goes_on' | Erased['end']; readonly changed: Changed };

async function stepOn(parts: EraserParts, claimed: Claimed, subject: Subject): Promise<StepEnd> {
  try {
    const planning = await countPlanning(parts.db, subject);
    if (planning > 0) return await wait(parts.db, claimed, { planning, jobs: 0 });
    const at = await placeOf(parts.db, claimed);
    if (at === null) return { end: 'left', changed: {} };
    const step = steps[at.step];
    if (step === 'jobs') {
      const { changed, waiting } = await eraseInJobs(parts.jobs, subject);
      if (waiting > 0) return await wait(parts.db, claimed, { planning: 0, jobs: waiting });
      await eraseEvents(parts.db, parts.jobs, parts.jobsSchema, subject.mention);
      if (parts.jobsSchema !== null) await analyze(parts.db, [`${parts.jobsSchema}.job`, `${parts.jobsSchema}.event`]);
      return await inStep(parts.db, claimed, async () => ({ after: null, changed: { jobs: changed } }));
    }
    if (step === 'statistics') {
      await analyze(parts.db, analyzed);
      return await inStep(parts.db, claimed, async () => ({ after: null, changed: {} }));
    }
    if (step === undefined) return await finish(parts.db, claimed, subject);
    return await inStep(parts.db, claimed, (trx, after) => step(trx, subject, after));
  } catch (error) {
    // A row was in somebody else's hand, who goes first.
    if (!['55P03', '40P01'].includes(codeOf(error) ?? '')) throw error;
    await new Promise((resolve) => {
      setTimeout(resolve, lockPauseMs);
    });
    return { end: 'goes_on', changed: {} };
  }
}

/** A plan in the making has read its selector: with half of the messages under another sender it would miss some. */
async function countPlanning(db: Db, { appId, mention: { sender } }: Subject): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from recalls
     where app_id = ${appId} and state = 'planning'
       and (selector->'senders' ? ${sender} or selector->'excludeSenders' ? ${sender})`.execute(db);
  return rows[0]?.n ?? 0;
}

interface Place {
  readonly step: number;
  readonly after: Key | null;
  readonly changed: Changed;
}

/** Renews the lease. null: another worker has taken over. */
async function placeOf(db: Db, { id, fence }: Claimed): Promise<Place | null> {
  const { rows } = await sql<Place>`
    update erasures set lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = ${id} and fence = ${fence} and finished_at is null returning step, after, changed`.execute(db);
  return rows[0] ?? null;
}

async function inStep(
  db: Db,
  claimed: Claimed,
  act: (trx: Db, after: Key | null) => Promise<Stepped>,
): Promise<StepEnd> {
  return db.transaction().execute(async (trx) => {
    const at = await placeOf(trx, claimed);
    if (at === null) return { end: 'left', changed: {} };
    // Rows are found by keys. A wait ends before Postgres would look for a deadlock and end somebody else's work.
    await sql`set local enable_seqscan = off`.execute(trx);
    await sql`set local enable_sort = off`.execute(trx);
    await sql`set local lock_timeout = '200ms'`.execute(trx);
    const { after, changed } = await act(trx, at.after);
    const sum = added(at.changed, changed);
    await sql`
      update erasures
         set step = ${after === null ? at.step + 1 : at.step}, changed = ${JSON.stringify(sum)}::jsonb,
             after = ${after === null ? null : JSON.stringify(after)}::jsonb
       where id = ${claimed.id}`.execute(trx);
    return { end: 'goes_on', changed: sum };
  });
}

/** The last rows that hold the id: pseudonym, protection, and the record's own. */
async function finish(db: Db, claimed: Claimed, subject: Subject): Promise<StepEnd> {
  return db.transaction().execute(async (trx) => {
    const at = await placeOf(trx, claimed);
    if (at === null) return { end: 'left', changed: {} };
    await forgetKeys(trx, subject);
    await sql`
      update erasures set sender = null, finished_at = now(), lease_until = null, waits_for = null
       where id = ${claimed.id}`.execute(trx);
    await analyze(trx, ['protected_senders', 'sender_pseudonyms', 'erasures']);
    const details = { erasureId: claimed.id, changed: at.changed };
    await appendAudit(trx, system, { action: 'erasure.complete', details });
    return { end: 'completed', changed: at.changed };
  });
}

/** Statistics hold what is frequent in a column, and some of the rest, word for word. */
async function analyze(db: Db, tables: readonly string[]): Promise<void> {
  for (const table of tables) await sql`select analyze_table(${table}::regclass)`.execute(db);
}

async function wait(db: Db, { id, fence }: Claimed, waitsFor: { planning: number; jobs: number }): Promise<StepEnd> {
  await sql`
    update erasures set waits_for = ${JSON.stringify(waitsFor)}::jsonb,
           lease_until = now() + make_interval(secs => ${waitSeconds})
     where id = ${id} and fence = ${fence}`.execute(db);
  return { end: 'waiting', changed: {} };
}

async function release(db: Db, { id, fence }: Claimed): Promise<void> {
  await sql`update erasures set lease_until = null where id = ${id} and fence = ${fence}`.execute(db);
}

function added(a: Changed, b: Changed): Changed {
  const sum: Record<string, number> = { ...a };
  for (const [kind, n] of Object.entries(b)) if (n > 0) sum[kind] = (sum[kind] ?? 0) + n;
  return sum;
}
