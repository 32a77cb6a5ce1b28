import type { AppSettings } from '@chat-recall/shared/config';
import { createTurns, type Db, type Pool } from '@chat-recall/shared/db';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { batchJobId, batchJobName, type BatchJob, type Queue } from '@chat-recall/shared/queue';
import { feedBatches, finishRecalls, judgeCanaries } from '@chat-recall/shared/recalls';

/** How often the feeder looks when nobody kicks it, ms. */
const everyMs = 200;

/**
 * Keeps about two seconds of batches in the queue: enough to keep all workers busy between two looks,
 * few enough that urgent ones are near the front and that pausing is prompt. Ends recalls that have no
 * batch left. The workers take turns in it; one that is kicked does not wait for its turn.
 *
 * @param apps with their calls a second, over all processes: each has a window of its own
 */
export async function startFeeder(parts: {
  db: Db;
  pool: Pool;
  queue: Queue;
  apps: readonly Pick<AppSettings, 'sdkAppId' | 'callsPerSecond'>[];
  log: Log;
}): Promise<Loop> {
  const { db, pool, queue, apps, log } = parts;
  const fed = await Promise.all(
    apps.map(async (app) => ({ ...app, turns: await createTurns(pool, `${app.sdkAppId}_feeder`, everyMs) })),
  );
  let kicked = false;

  async function feed(): Promise<void> {
    const anyway = kicked;
    kicked = false;
    let ours = false;
    for (const { sdkAppId, callsPerSecond, turns } of fed) {
      if (!anyway && !(await turns.take())) continue;
      ours = true;
      const batches = await feedBatches(db, sdkAppId, Math.max(20, callsPerSecond * 2));
      if (batches.length === 0) continue;
      await queue.addBulk(
        batches.map(({ priority, ...job }) => ({
          name: batchJobName,
          data: job satisfies BatchJob,
          opts: { jobId: batchJobId(job), priority },
        })),
      );
    }
    if (!ours) return;
    for (const id of await judgeCanaries(db)) log.warn({ recallId: id }, 'too much of the first wave failed; paused');
    for (const { id, state } of await finishRecalls(db)) log.info({ recallId: id, state }, 'recall ended');
  }
  const loop = startLoop(everyMs, feed, (error) => log.error({ err: error }, 'feeding failed'));
  return {
    kick() {
      kicked = true;
      return loop.kick();
    },
    stop: () => loop.stop(),
  };
}
