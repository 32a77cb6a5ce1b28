import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { Job, Queue } from '../queue/index.ts';
import type { Mention } from './mention.ts';
import type { Subject } from './step.ts';

const pageJobs = 500;
/** States in which a job's data can still be put right. */
const open = ['waiting', 'prioritized', 'delayed', 'waiting-children'] as const;
const finished = ['completed', 'failed'] as const;

/** What became of the jobs that name a person. */
export interface ErasedJobs {
  /** Removed, being finished, or with the replacement in their data. */
  readonly changed: number;
  /** Under way, or with the id in their own: they must end first. */
  readonly waiting: number;
}

/**
 * Producers' jobs: finished ones that name the person are removed, and the others get the replacement into
 * their data, so that they still select the same messages. Batches name no sender.
 */
export async function eraseInJobs(queue: Queue, { appId, mention }: Subject): Promise<ErasedJobs> {
  let changed = 0;
  let waiting = 0;
  const isNamed = (job: Job): boolean => !isOfAnotherApp(job, appId) && isNamedIn(job, mention);
  for (const state of finished) {
    changed += await eachJob(queue, state, isNamed, async (job) => {
      await job.remove();
      return 'gone';
    });
  }
  for (const state of open) {
    changed += await eachJob(queue, state, isNamed, async (job) => {
      // A job's id and options stand in its key; they go with it.
      if (names(mention, [job.id, job.name, job.opts])) waiting += 1;
      const data = mention.replacedInJson<unknown>(job.data);
      if (data === job.data) return 'unchanged';
      await job.updateData(data);
      return 'changed';
    });
  }
  await eachJob(queue, 'active', isNamed, async () => {
    waiting += 1;
    return 'unchanged';
  });
  return { changed, waiting };
}

type Fate = 'gone' | 'changed' | 'unchanged';

/** @returns how many were changed or are gone */
async function eachJob(
  queue: Queue,
  state: (typeof open)[number] | (typeof finished)[number] | 'active',
  isNamed: (job: Job) => boolean,
  act: (job: Job) => Promise<Fate>,
): Promise<number> {
  let changed = 0;
  let looked = 0;
  for (;;) {
    const jobs = await queue.getJobs([state], looked, looked + pageJobs - 1);
    let gone = 0;
    for (const job of jobs) {
      if (!isNamed(job)) continue;
      const fate = await act(job);
      if (fate !== 'unchanged') changed += 1;
      if (fate === 'gone') gone += 1;
    }
    looked += jobs.length - gone;
    if (jobs.length < pageJobs) return changed;
  }
}

function isNamedIn(job: Job, mention: Mention): boolean {
  const { id, name, opts, data, returnvalue, failedReason, stacktrace, progress } = job;
  return names(mention, [id, name, opts, data, returnvalue, failedReason, stacktrace, progress]);
}

/** The same id may be another person's in another app. */
function isOfAnotherApp({ data }: Job, appId: number): boolean {
  const sdkAppId = (data as { selector?: { sdkAppId?: unknown } } | null)?.selector?.sdkAppId;
  return typeof sdkAppId === 'number' && sdkAppId !== appId;
}

function names(mention: Mention, value: unknown): boolean {
  return mention.replacedInJson(value) !== value;
}

/**
 * Events of the queue tell of ids and of why a job failed. On Redis they are cut off, on Postgres those that
 * name the person go.
 *
 * @param schema of BullMQ's tables; null: on Redis
 */
export async function eraseEvents(db: Db, queue: Queue, schema: string | null, mention: Mention): Promise<void> {
  if (schema === null) await queue.trimEvents(0);
  else {
    const inJson = JSON.stringify(mention.sender).slice(1, -1);
    await sql`delete from ${sql.table(`${schema}.event`)} where strpos(data::text, ${inJson}) > 0`.execute(db);
  }
}
