import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import { appsOf, type Config } from '@chat-recall/shared/config';
import { byKeys, checkMigrations, createDb, createPool, createPreparedDb, watchSilence } from '@chat-recall/shared/db';
import { createDisposals, orAfter, startLoop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { createContentReader, createTextPolicy } from '@chat-recall/shared/messages';
import { createRegistry, serveHealth, watchEventLoop } from '@chat-recall/shared/metrics';
import {
  connectQueues,
  keepBatches,
  keepJobs,
  recallBatchesQueue,
  recallJobsQueue,
  type Job,
} from '@chat-recall/shared/queue';
import type { configured } from './config.ts';
import { startDeliverer } from './deliverer.ts';
import { startEraser } from './eraser.ts';
import { startFeeder } from './feeder.ts';
import { startFollower } from './follower.ts';
import { keepHouse } from './keep-house.ts';
import { createWorkerMetrics } from './metrics.ts';
import { createBatchProcessor } from './process-batch-job.ts';
import { createRecallJobProcessor } from './process-recall-job.ts';
import { startReconciler } from './reconciler.ts';
import { serveApp, type ServedApp } from './serve-app.ts';

/** Of the connections to the database, those that only calls have. */
const callsShare = 0.4;
/** Recalls that one process plans at once. */
const planningAtOnce = 4;
const maintainEveryMs = 3_600_000;
/**
 * What stopping waits for parts that may wait for a queue that is silent, ms. Nothing is lost with them: what stands in
 * the tables and not in the queue is put there by another worker.
 */
const queuePartsWithinMs = 1_000;

export type WorkerConfig = Config<(typeof configured)[number]> & { readonly DATABASE_URL: string };

/** A running worker: consumes both queues, feeds batches, reconciles, keeps the partitions. */
export interface RecallWorker {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** Composition root of the worker. Resolves once it is ready. */
export async function startWorker(config: WorkerConfig, log: Log): Promise<RecallWorker> {
  const disposals = createDisposals((name, error) => log.error({ err: error, step: name }, 'stopping a part failed'));
  try {
    return await assemble(config, log, disposals);
  } catch (error) {
    await disposals.run();
    throw error;
  }
}

async function assemble(
  config: WorkerConfig,
  log: Log,
  disposals: ReturnType<typeof createDisposals>,
): Promise<RecallWorker> {
  const onError = (error: Error): void => log.warn({ err: error }, 'a connection has trouble');
  const forCalls = Math.max(1, Math.floor(config.DATABASE_POOL_SIZE * callsShare));
  const pool = createPool({
    databaseUrl: config.DATABASE_URL,
    name: 'worker',
    size: Math.max(2, config.DATABASE_POOL_SIZE - forCalls),
    onError,
  });
  const db = createDb(pool);
  disposals.add('database', () => db.destroy());
  await checkMigrations(pool);
  // Parsing and planning its statements was more than half of what a call cost the database.
  const callsDb = createPreparedDb(
    createPool({
      databaseUrl: config.DATABASE_URL,
      name: 'worker calls',
      size: forCalls,
      settings: byKeys,
      onError,
    }),
  );
  disposals.add('database for calls', () => callsDb.destroy());

  const text = createTextPolicy(config);
  const registry = createRegistry('worker');
  disposals.add(
    'event loop',
    watchEventLoop(registry, (stalls) => log.warn(stalls, 'the process stood still')),
  );
  const served = new Map<number, ServedApp>();
  const metrics = createWorkerMetrics(registry, { pool, gates: () => [...served.values()].map(({ gate }) => gate) });
  const queues = await connectQueues({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_URL,
    prefix: config.QUEUE_PREFIX,
    watchSilence,
    onError,
  });
  disposals.add('queues', () => queues.close());
  const jobs = queues.queue(recallJobsQueue, keepJobs);
  const batches = queues.queue(recallBatchesQueue, keepBatches(queues.backend));

  const apps = appsOf(config);
  const feeder = await startFeeder({ db, pool, queue: batches, apps, log });
  disposals.add('feeder', () => soon(feeder.stop()));
  const follower = startFollower({
    db,
    hash: text.hash,
    log,
    onAppended(messages) {
      metrics.onLate(messages);
      void feeder.kick();
    },
  });
  disposals.add('follower', () => follower.stop());
  const reconciler = startReconciler({ db, batches, jobs, log });
  disposals.add('reconciler', () => soon(reconciler.stop()));
  const maintenance = startLoop(
    maintainEveryMs,
    () =>
      keepHouse(
        db,
        {
          messages: apps.map(({ sdkAppId, retentionDays }) => ({ appId: sdkAppId, days: retentionDays })),
          evidenceDays: config.EVIDENCE_RETENTION_DAYS,
          recallDays: config.RECALL_RETENTION_DAYS,
        },
        { log, onHeld: metrics.onHeld },
      ),
    (error) => log.error({ err: error }, 'housekeeping failed'),
  );
  disposals.add('maintenance', () => maintenance.stop());

  if (config.COMPLETION_WEBHOOK_URL !== undefined && config.COMPLETION_WEBHOOK_SECRET !== undefined) {
    const { COMPLETION_WEBHOOK_URL: url, COMPLETION_WEBHOOK_SECRET: secret } = config;
    const deliverer = startDeliverer({ db, url, secret, log });
    disposals.add('deliverer', () => deliverer.stop());
  }

  const stopping = new AbortController();
  setMaxListeners(config.WORKER_CONCURRENCY + 50, stopping.signal);
  const shared = {
    db,
    pool,
    timeoutMs: config.TENCENT_TIMEOUT_MS,
    read: createContentReader(text),
    backfillAtOnce: config.WORKER_BACKFILL_AT_ONCE,
    verify: config.RECALL_VERIFY,
    signal: stopping.signal,
    log,
  };
  for (const settings of apps) {
    const app = await serveApp(settings, shared);
    served.set(app.sdkAppId, app);
    disposals.add(`app ${app.sdkAppId}`, () => app.stop());
  }
  const eraser = startEraser({
    db,
    appIds: [...served.keys()],
    jobs,
    jobsSchema: queues.schema,
    signal: stopping.signal,
    log,
  });
  disposals.add('eraser', () => eraser.stop());
  const workerName = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const toldOf = (queue: string) => ({
    onFailed(job: Job | undefined, error: Error): void {
      if (error.name !== 'UnrecoverableError') log.error({ err: error, queue, jobId: job?.id }, 'a job failed');
    },
    onRebuilt(): void {
      metrics.onRebuilt(queue);
      log.warn({ queue }, 'jobs waited and none was taken; the worker of the queue was built anew');
    },
  });
  const batchWorker = queues.worker(
    batches,
    createBatchProcessor(db, (sdkAppId) => {
      const app = served.get(sdkAppId);
      return (
        app && {
          db: callsDb,
          client: app.client,
          gate: app.gate,
          workerName,
          timeoutMs: config.TENCENT_TIMEOUT_MS,
          sendReason: app.sendReason,
          signal: stopping.signal,
          onCall: metrics.onCall,
        }
      );
    }),
    { concurrency: config.WORKER_CONCURRENCY, ...toldOf(recallBatchesQueue) },
  );
  const jobWorker = queues.worker(
    jobs,
    createRecallJobProcessor({
      db,
      appIds: [...served.keys()],
      approveAbove: aboveOrNull(config.QUEUE_APPROVAL_ABOVE),
      maxMessages: config.QUEUE_MAX_MESSAGES ?? null,
      hash: text.hash,
      historyOf(appId) {
        const lookUp = served.get(appId)?.lookUp ?? null;
        return lookUp && { ...lookUp, sendersAbove: aboveOrNull(config.RECALL_VERIFY_SENDERS_ABOVE) };
      },
      onPlanned: () => void feeder.kick(),
      onError: (error, recallId) => log.error({ err: error, recallId }, 'planning failed'),
      signal: stopping.signal,
    }),
    { concurrency: planningAtOnce, ...toldOf(recallJobsQueue) },
  );
  disposals.add('workers', async () => {
    stopping.abort(new Error('the process is stopping'));
    await Promise.all([batchWorker.close(), jobWorker.close()]);
  });

  const health = await serveHealth({
    host: config.WORKER_HOST,
    port: config.WORKER_PORT,
    registry,
    checks: { database: () => pool.query('select 1'), queue: () => queues.check() },
  });
  disposals.add('health', () => health.close());
  log.info({ url: health.url, backend: queues.backend, sdkAppIds: [...served.keys()] }, 'ready');
  return { url: health.url, stop: () => disposals.run() };
}

async function soon(stopping: Promise<unknown>): Promise<void> {
  await orAfter(stopping, queuePartsWithinMs, () => undefined);
}

/** A bound that is switched off by 0. */
function aboveOrNull(bound: number): number | null {
  return bound === 0 ? null : bound;
}
