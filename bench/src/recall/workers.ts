import { repository, spawnProcess, type SpawnedProcess } from '@chat-recall/local';
import { findProgram, startRedis } from '@chat-recall/testkit';
import type { BenchContext } from '../bench.ts';
import type { Platform } from './platform.ts';

/** The rate that is measured against: the default. */
export const callsPerSecond = 180;

/** Where BullMQ keeps its queues. */
export interface Backend {
  readonly name: 'Redis' | 'Postgres';
  readonly redisUrl: string | undefined;
  readonly redisPid: number | null;
}

/** Both backends; Postgres alone where there is no redis-server. */
export async function startBackends({ onEnd, log }: BenchContext): Promise<readonly Backend[]> {
  const postgres: Backend = { name: 'Postgres', redisUrl: undefined, redisPid: null };
  if (findProgram('redis-server') === undefined) {
    log('no redis-server on the PATH: Redis is left out');
    return [postgres];
  }
  const redis = await startRedis();
  onEnd('redis', () => redis.stop());
  return [{ name: 'Redis', redisUrl: redis.url, redisPid: redis.pid }, postgres];
}

export interface Workers {
  readonly processes: readonly SpawnedProcess[];
  readonly pids: readonly number[];
  stop(): Promise<unknown>;
}

/** Workers as processes, ready to work. */
export async function startWorkers(
  processes: number,
  parts: {
    databaseUrl: string;
    platform: Platform;
    backend: Backend;
    environment?: Readonly<Record<string, string>>;
    log: (line: string) => void;
  },
): Promise<Workers> {
  const { databaseUrl, platform, backend, environment = {}, log } = parts;
  const started: SpawnedProcess[] = [];
  // What waits for its turn is given up then, and told.
  let stopping = false;
  const stop = (): Promise<unknown> => {
    stopping = true;
    return Promise.all(started.map((worker) => worker.stop()));
  };
  try {
    await Promise.all(
      Array.from({ length: processes }, async () => {
        const worker = await spawnProcess({
          script: `${repository}apps/worker/dist/main.js`,
          env: {
            PATH: process.env['PATH'] ?? '',
            DATABASE_URL: databaseUrl,
            ...(backend.redisUrl === undefined ? {} : { REDIS_URL: backend.redisUrl }),
            TENCENT_SDK_APP_ID: String(platform.appId),
            TENCENT_SECRET_KEY: platform.secretKey,
            TENCENT_API_URL: platform.url,
            TENCENT_CALLS_PER_SECOND: String(callsPerSecond),
            QUEUE_APPROVAL_ABOVE: '0',
            WORKER_PORT: '0',
            ...environment,
          },
          onLine: (line) => {
            if (!stopping && isTrouble(line)) log(line);
          },
        });
        started.push(worker);
        await worker.waitForLog(({ msg }) => msg === 'ready', 30_000);
      }),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { processes: started, pids: started.map(({ pid }) => pid), stop };
}

/** pino's levels: 50 is `error`. Warnings are of connections that end with the run. */
function isTrouble(line: string): boolean {
  return Number(/^\{"level":(?<level>\d+)/u.exec(line)?.groups?.['level'] ?? 50) >= 50;
}
