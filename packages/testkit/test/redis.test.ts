import { connect } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import { describeOnBackends, redisPrefix, startRedis, testRedisUrl } from '../src/index.ts';
import { describeOrLeaveOut } from '../src/describe-or-leave-out.ts';
import { findProgram } from '../src/find-program.ts';
import { redisMissing } from '../src/start-redis.ts';

/** One inline command, without a client library. */
function ask(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.end();
      resolve(data.toString().trim());
    });
    socket.write(`${command}\r\n`);
  });
}

test('prefixes are new at every call, and fit both backends', () => {
  const prefixes = [redisPrefix(), redisPrefix(), redisPrefix()];
  expect(new Set(prefixes).size).toBe(3);
  for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z][a-z0-9]+$/u);
});

describeOnBackends('a backend', (backend) => {
  test('gives the environment that selects it', async () => {
    const environment = await backend.environment();
    const redisUrl = await backend.redisUrl();
    expect(environment).toEqual({
      QUEUE_PREFIX: backend.prefix,
      ...(redisUrl === null ? {} : { REDIS_URL: redisUrl }),
    });
    expect(redisUrl === null).toBe(backend.name === 'postgres');
    if (redisUrl !== null) {
      expect(await testRedisUrl()).toBe(redisUrl);
      if (process.env['REDIS_URL'] === undefined) expect(await ask(redisUrl, 'PING')).toBe('+PONG');
    }
  });
});

const privateRedis = { there: findProgram('redis-server') !== undefined, ...redisMissing, requiredBy: 'REQUIRE_REDIS' };
describeOrLeaveOut('a private Redis', privateRedis, () => {
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops) await stop();
  });

  test('can be stopped, and come back empty where it was', async () => {
    const first = await startRedis();
    stops.push(first.stop);
    expect(await ask(first.url, 'SET k v')).toBe('+OK');
    await first.stop();
    await expect(ask(first.url, 'PING')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const second = await startRedis({ port: first.port });
    stops.push(second.stop);
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'DBSIZE')).toBe(':0');
    await expect(startRedis({ port: first.port })).rejects.toThrow('redis-server did not start');
  });
});
