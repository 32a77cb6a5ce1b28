import { createPostgresBackend, Queue, Worker, type JobsOptions, type Processor, type QueueOptions } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { orAfter } from '../lifecycle/index.ts';
import { defaultQueueSchema, ensureQueueSchema } from './ensure-schema.ts';
import { forgetFailedStart } from './forget-failed-start.ts';
import { startQueueWorker, type Built, type QueueWorker, type QueueWorkerOptions } from './queue-worker.ts';
import { watchListener, watchQueries, type WatchSilence } from './watch-listener.ts';

/** Where the queues live. */
export interface QueueSettings {
  /** BullMQ on Redis when set, else its Postgres backend on `databaseUrl`. */
  readonly redisUrl?: string | undefined;
  readonly databaseUrl: string;
  /** Prefix on Redis (default `bull`), schema on Postgres (default `bullmq`). */
  readonly prefix?: string | undefined;
  /** Breaks connections to Postgres that were lost in silence; absent: TCP alone notices. On Redis it is not needed. */
  readonly watchSilence?: WatchSilence;
  readonly onError: (error: Error) => void;
}

/** BullMQ on one of its two backends, the same to everyone who uses it. */
export interface QueueConnection {
  readonly backend: 'redis' | 'postgres';
  /** The schema of BullMQ's tables; null: they are on Redis. */
  readonly schema: string | null;
  queue<D>(name: string, defaults?: JobsOptions): Queue<D>;
  worker<D>(queue: Queue<D>, processor: Processor<D>, options: QueueWorkerOptions): QueueWorker;
  /** Rejects when the store does not answer. */
  check(): Promise<void>;
  /** Closes the queues, and all connections whatever hangs on them; workers are closed by whoever made them. */
  close(): Promise<void>;
}

/**
 * A killed worker is noticed after `lockDuration` + `stalledInterval` at most (58 s by BullMQ's
 * defaults), and being killed never fails a job: what may be repeated is decided by the tables.
 */
const workerDefaults = {
  lockDuration: 8_000,
  stalledInterval: 3_000,
  maxStalledCount: 1_000,
  // s. How long an idle worker waits before it looks by itself; a second later its connection counts as lost.
  drainDelay: 3,
  // How long a worker waits that met an error of its connection: 15 s by BullMQ's defaults.
  runRetryDelay: 1_000,
};

/** How long Redis may be silent while a command waits for it, ms. */
const silentAtMostMs = 4_000;
/**
 * The same while a worker waits for jobs, ms: where some are delayed it is for up to 10 s. BullMQ looks after this
 * connection once it is ready; until then nobody else does.
 */
const silentInWaitMs = 12_000;

/** How long saying goodbye may take, ms: a store that does not answer must not hold the process. */
const leaveWithinMs = 1_000;

/**
 * Opens the backend that the settings name. On Postgres BullMQ's tables are made first, unless they are there.
 *
 * @throws what `ensureQueueSchema` throws
 */
export async function connectQueues(settings: QueueSettings): Promise<QueueConnection> {
  if (settings.redisUrl !== undefined) return onRedis(settings, settings.redisUrl);
  const schema = settings.prefix ?? defaultQueueSchema;
  await ensureQueueSchema(settings.databaseUrl, schema);
  return onPostgres(settings, schema);
}

function onRedis(settings: QueueSettings, url: string): QueueConnection {
  const prefix = settings.prefix === undefined ? {} : { prefix: settings.prefix };
  const open = new Set<Redis>();
  const queues: Queue[] = [];
  function connect(more: { maxRetriesPerRequest: number | null }): Redis {
    const redis = new Redis(url, {
      ...more,
      connectTimeout: 5_000,
      keepAlive: 5_000,
      socketTimeout: silentAtMostMs,
      retryStrategy: (times) => Math.min(50 * 2 ** times, 2_000),
    });
    redis.on('error', settings.onError);
    // BullMQ makes the connection that blocks as a copy of this one.
    const { duplicate } = redis;
    redis.duplicate = (override?: Partial<RedisOptions>) =>
      duplicate.call(redis, { ...override, socketTimeout: silentInWaitMs });
    open.add(redis);
    return redis;
  }
  // One connection for everything that does not block; BullMQ opens one of its own for each worker.
  const forQueues = connect({ maxRetriesPerRequest: 3 });
  return {
    backend: 'redis',
    schema: null,
    queue<D>(name: string, defaults?: JobsOptions): Queue<D> {
      const options: QueueOptions = { connection: forQueues, ...prefix, ...withDefaults(defaults) };
      const queue = new Queue<D>(name, options);
      queues.push(queue as Queue);
      return told(queue, settings);
    },
    worker<D>(queue: Queue<D>, processor: Processor<D>, options: QueueWorkerOptions): QueueWorker {
      const { concurrency } = options;
      const { onError } = settings;
      const build = (process: Processor<D>): Built => {
        const connection = connect({ maxRetriesPerRequest: null });
        const worker = new Worker<D>(queue.name, process, { connection, ...prefix, ...workerDefaults, concurrency });
        const leaveIt = (): Promise<void> => {
          open.delete(connection);
          return leave(connection);
        };
        return { worker: told(worker, settings), leave: leaveIt };
      };
      return startQueueWorker(build, queue, processor, { ...options, onError });
    },
    async check() {
      await forQueues.ping();
    },
    async close() {
      await closeAll(queues);
      await Promise.all([...open].map(leave));
    },
  };
}

async function closeAll(queues: readonly Queue[]): Promise<void> {
  await orAfter(Promise.allSettled(queues.map((queue) => queue.close())), leaveWithinMs, () => []);
}

async function leave(redis: Redis): Promise<void> {
  // While it tries to connect, ioredis settles a QUIT in its queue not even when it is disconnected.
  await orAfter(
    redis.quit().catch(() => {}),
    leaveWithinMs,
    () => undefined,
  );
  redis.disconnect();
}

function onPostgres(settings: QueueSettings, schema: string): QueueConnection {
  const { watchSilence: watch } = settings;
  const connection = {
    connectionString: settings.databaseUrl,
    application_name: 'chat-recall queues',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    schema,
    max: 4,
  };
  const queues: Queue[] = [];
  return {
    backend: 'postgres',
    schema,
    queue<D>(name: string, defaults?: JobsOptions): Queue<D> {
      const queue = new Queue(name, { connection, ...withDefaults(defaults) }, createPostgresBackend);
      const plain = queue as unknown as Queue<D>;
      queues.push(plain);
      forgetFailedStart(plain);
      if (watch !== undefined) watchQueries(plain, watch);
      return told(plain, settings);
    },
    worker<D>(queue: Queue<D>, processor: Processor<D>, options: QueueWorkerOptions): QueueWorker {
      const { concurrency } = options;
      const { onError } = settings;
      const build = (process: Processor<D>): Built => {
        const made = new Worker(
          queue.name,
          process,
          { connection: { ...connection, max: 8 }, ...workerDefaults, concurrency },
          createPostgresBackend,
        );
        const worker = told(made as unknown as Worker<D>, settings);
        forgetFailedStart(worker);
        const stopWatching = watch && watchListener(worker, watch, (error) => onError(error as Error));
        worker.once('closing', () => void stopWatching?.());
        // Its connections are its own, and end with it.
        return { worker, leave: async () => {} };
      };
      return startQueueWorker(build, queue, processor, { ...options, onError });
    },
    async check() {
      await Promise.all(queues.map((queue) => queue.getJobCounts('waiting')));
    },
    close: () => closeAll(queues),
  };
}

function withDefaults(defaults: JobsOptions | undefined): { defaultJobOptions?: JobsOptions } {
  return defaults === undefined ? {} : { defaultJobOptions: defaults };
}

/** An emitter without an error listener would end the process when the store goes away. */
function told<E extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
  emitter: E,
  settings: QueueSettings,
): E {
  emitter.on('error', settings.onError);
  return emitter;
}
