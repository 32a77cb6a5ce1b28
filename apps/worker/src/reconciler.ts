import type { Db } from '@chat-recall/shared/db';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { batchJobId, enqueuePlan, type Queue } from '@chat-recall/shared/queue';
import {
  expireApprovals,
  expireLeases,
  longQueued,
  sweepCancelled,
  unplannedRecalls,
  unqueueBatches,
} from '@chat-recall/shared/recalls';

const everyMs = 2_000;
/** A worker's batches are looked for more often than the rest, which may take its time: another is to go on soon, ms. */
const leasesEveryMs = 500;
/** A batch that waits in the queue longer than this may have lost its job, ms. */
const suspiciousAfterMs = 8_000;
/** States of a job that will still be run. */
const alive = new Set(['waiting', 'active', 'delayed', 'prioritized', 'waiting-children']);

/**
 * Brings tables and queue together again: what a killed worker had in hand, batches whose jobs the
 * queue has lost, recalls that nobody plans, batches that came back to a cancelled recall.
 */
export function startReconciler(parts: { db: Db; batches: Queue; jobs: Queue; log: Log }): Pick<Loop, 'stop'> {
  const { db, batches, jobs, log } = parts;
  async function takeBack(): Promise<void> {
    const expired = await expireLeases(db);
    if (expired > 0) log.warn({ batches: expired }, 'took batches back from silent workers');
  }
  async function reconcile(): Promise<void> {
    await sweepCancelled(db);
    for (const id of await expireApprovals(db)) log.info({ recallId: id }, 'nobody approved it in time; cancelled');
    const suspects = await longQueued(db, suspiciousAfterMs);
    const states = await Promise.all(suspects.map((batch) => batches.getJobState(batchJobId(batch))));
    const gone = suspects.filter((_, at) => !alive.has(String(states[at])));
    await unqueueBatches(db, gone);
    if (gone.length > 0) log.warn({ batches: gone.length }, 'put batches back whose jobs were lost');
    for (const recallId of await unplannedRecalls(db)) await enqueuePlan(jobs, recallId, 2);
  }
  const onError = (error: unknown): void => log.error({ err: error }, 'reconciling failed');
  const loops = [startLoop(leasesEveryMs, takeBack, onError), startLoop(everyMs, reconcile, onError)];
  return {
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
