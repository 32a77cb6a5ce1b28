import { describeOrLeaveOut } from './describe-or-leave-out.ts';
import { redisMissing } from './start-redis.ts';
import { hasTestRedis, redisPrefix, testRedisUrl } from './test-redis.ts';

/** Where BullMQ keeps a suite's queues. */
export interface QueueBackend {
  readonly name: 'redis' | 'postgres';
  /** For `QUEUE_PREFIX`: the suite's own, letters and digits. */
  readonly prefix: string;
  /** For `REDIS_URL`: the shared test Redis, and null on the Postgres backend. */
  redisUrl(): Promise<string | null>;
  /** `REDIS_URL` (on Redis) and `QUEUE_PREFIX`, to spread into a process's environment. */
  environment(): Promise<Record<string, string>>;
}

/**
 * Declares the suite twice, once for each queue backend: on Postgres always, on Redis where there is one
 * (`REQUIRE_REDIS=1` makes its absence a failure). `suite` must not use the backend but in hooks and
 * tests.
 */
export function describeOnBackends(title: string, suite: (backend: QueueBackend) => void): void {
  const redis = { there: hasTestRedis(), ...redisMissing, requiredBy: 'REQUIRE_REDIS' };
  describeOrLeaveOut(`${title} (queues on Postgres)`, { ...redis, there: true }, () => suite(backendOf('postgres')));
  describeOrLeaveOut(`${title} (queues on Redis)`, redis, () => suite(backendOf('redis')));
}

function backendOf(name: QueueBackend['name']): QueueBackend {
  const prefix = redisPrefix();
  const redisUrl = async (): Promise<string | null> => (name === 'redis' ? testRedisUrl() : null);
  return {
    name,
    prefix,
    redisUrl,
    async environment() {
      const url = await redisUrl();
      return { QUEUE_PREFIX: prefix, ...(url === null ? {} : { REDIS_URL: url }) };
    },
  };
}
