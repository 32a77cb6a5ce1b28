import { randomBytes } from 'node:crypto';
import { findProgram } from './find-program.ts';
import { sharedServer } from './shared-server.ts';
import { startRedis } from './start-redis.ts';

/** Whether `testRedisUrl` gives one; known at once. */
export function hasTestRedis(): boolean {
  return givenUrl() !== undefined || findProgram('redis-server') !== undefined;
}

/**
 * A Redis for tests, shared by all of jest's workers: `REDIS_URL` when set, else a private server from
 * the PATH that keeps nothing and ends with the run; null when there is neither. Tests keep apart by
 * prefix, see `redisPrefix`; a test that wipes or stops Redis has its own, see `startRedis`.
 */
export async function testRedisUrl(): Promise<string | null> {
  const given = givenUrl();
  if (given !== undefined) return given;
  if (!hasTestRedis()) return null;
  return sharedServer('redis', async ({ ownerPid }) => {
    const { url, pid } = await startRedis({ ownerPid });
    return { url, pid, signal: 'SIGKILL' };
  });
}

const filePrefix = `t${randomBytes(5).toString('hex')}`;
let prefixes = 0;

/**
 * New at every call, and unlike those of other test files. Letters and digits alone: fit for
 * `QUEUE_PREFIX` on both backends.
 */
export function redisPrefix(): string {
  prefixes += 1;
  return `${filePrefix}n${prefixes}`;
}

function givenUrl(): string | undefined {
  const given = process.env['REDIS_URL'];
  return given === '' ? undefined : given;
}
