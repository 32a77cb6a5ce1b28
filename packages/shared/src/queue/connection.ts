import {
  createPostgresBackend,
  Queue,
  Worker,
  type JobsOptions,
  type Processor,
  type QueueOptions,
  type WorkerOptions,
} from 'bullmq';
import { Redis } from 'ioredis';

/** Where the queues live. */
export interface QueueSettings {
  /** BullMQ on Redis when set, else its Postgres backend on `databaseUrl`. */
  readonly redisUrl?: string | undefined;
  readonly databaseUrl: string;
  /** Prefix on Redis (default `bull`), schema on Postgres (default `bullmq`). */
  readonly prefix?: string | undefined;
  readonly onError: (error: Error) => void;
}

/** BullMQ on one of its two backends, the same to everyone who uses it. */
export interface QueueConnection {
  readonly backend: 'redis' | 'postgres';
  /** The schema of BullMQ's tables; null: they are on Redis. */
  readonly schema: string | null;
  queue<D>(name: string, defaults?: JobsOptions): Queue<D>;
  worker<D>(name: string, processor: Processor<D>, options: Pick<WorkerOptions, 'concurrency'>): Worker<D>;
  /** Rejects when the store does not answer. */
  check(): Promise<void>;
  /** Closes what `check` uses; queues and workers are closed by whoever made them. */
  close(): Promise<void>;
}

/**
 * A killed worker is noticed after `lockDuration` + `stalledInterval` at most (58 s by BullMQ's
 * defaults), and being killed never fails a job: what may be repeated is decided by the tables.
 */
const workerDefaults = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 };

/** How long saying goodbye may take, ms. */
const leaveWithinMs = 1_000;

/** Opens the backend that the settings name. */
export function connectQueues(settings: QueueSettings): QueueConnection {
  return settings.redisUrl === undefined ? onPostgres(settings) : onRedis(settings, settings.redisUrl);
}

function onRedis(settings: QueueSettings, url: string): QueueConnection {
  const prefix = settings.prefix === undefined ? {} : { prefix: settings.prefix };
  const open: Redis[] = [];
  function connect(more: { maxRetriesPerRequest: number | null }): Redis {
    const redis = new Redis(url, {
      ...more,
      connectTimeout: 5_000,
      keepAlive: 5_000,
      retryStrategy: (times) => Math.min(50 * 2 ** times, 2_000),
    });
    redis.on('error', settings.onError);
    open.push(redis);
    return redis;
  }
  // One connection for everything that does not block; BullMQ opens one of its own for each worker.
  const forQueues = connect({ maxRetriesPerRequest: 3 });
  return {
    backend: 'redis',
    schema: null,
    queue<D>(name: string, defaults?: JobsOptions): Queue<D> {
      const options: QueueOptions = { connection: forQueues, ...prefix, ...withDefaults(defaults) };
      return told(new Queue<D>(name, options), settings);
    },
    worker<D>(name: string, processor: Processor<D>, options: Pick<WorkerOptions, 'concurrency'>): Worker<D> {
      const connection = connect({ maxRetriesPerRequest: null });
      return told(new Worker<D>(name, processor, { connection, ...prefix, ...workerDefaults, ...options }), settings);
    },
    async check() {
      await forQueues.ping();
    },
    async close() {
      await Promise.all(open.map(leave));
    },
  };
}

/** A Redis that does not answer must not hold the process. */
async function leave(redis: Redis): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, leaveWithinMs);
  });
  // While it tries to connect, ioredis settles a QUIT in its queue not even when it is disconnected.
  await Promise.race([redis.quit().catch(() => {}), late]);
  clearTimeout(timer);
  redis.disconnect();
}

function onPostgres(settings: QueueSettings): QueueConnection {
  const schema = settings.prefix ?? 'bullmq';
  const connection = { connectionString: settings.databaseUrl, schema, migrate: true, max: 4 };
  const queues: Queue[] = [];
  return {
    backend: 'postgres',
    schema,
    queue<D>(name: string, defaults?: JobsOptions): Queue<D> {
      const queue = new Queue(name, { connection, ...withDefaults(defaults) }, createPostgresBackend);
      const plain = queue as unknown as Queue<D>;
      queues.push(plain);
      return told(plain, settings);
    },
    worker<D>(name: string, processor: Processor<D>, options: Pick<WorkerOptions, 'concurrency'>): Worker<D> {
      const worker = new Worker(
        name,
        processor,
        { connection: { ...connection, max: 8 }, ...workerDefaults, ...options },
        createPostgresBackend,
      );
      return told(worker as unknown as Worker<D>, settings);
    },
    async check() {
      await Promise.all(queues.map((queue) => queue.getJobCounts('waiting')));
    },
    async close() {},
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
