import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort, type SpawnedProcess } from '../src/index.ts';
import { spawnFixture } from './fixtures/spawn.ts';

const processes: SpawnedProcess[] = [];

async function start(env: Record<string, string> = {}, args: string[] = []): Promise<SpawnedProcess> {
  const child = await spawnFixture('chatter.js', env, args);
  processes.push(child);
  return child;
}

afterEach(async () => {
  for (const child of processes.splice(0)) await child.kill();
});

describe('a spawned process', () => {
  test('has the given environment and nothing else', async () => {
    const child = await start({ ONLY: 'this' });
    expect(await child.waitForLine(/^environment/u)).toBe('environment: ONLY');
  });

  test('can be waited for: a line, a log entry, readiness', async () => {
    const child = await start();
    expect(await child.waitForLine((line) => line.includes('stderr'))).toBe('a word on stderr');
    const { port } = await child.waitForLog((entry) => entry['msg'] === 'listening');
    await child.waitForReady(`http://127.0.0.1:${String(port)}/readyz`);
    // What has been said already is found as well.
    expect(await child.waitForLog((entry) => entry['msg'] === 'listening')).toMatchObject({ port });
  });

  test('stops on SIGTERM with its own exit code', async () => {
    const child = await start();
    await child.waitForLog((entry) => entry['msg'] === 'listening');
    expect(await child.stop()).toEqual({ code: 3, signal: null });
  });

  test('is killed when it does not stop in time', async () => {
    const child = await start({}, ['stubborn']);
    await child.waitForLog((entry) => entry['msg'] === 'listening');
    expect(await child.stop('SIGTERM', 100)).toEqual({ code: null, signal: 'SIGKILL' });
    expect(child.lines).toContain('no');
  });

  test('ends what waits for it when it ends, with its last words', async () => {
    const child = await start();
    await child.waitForLine(/stderr/u);
    const waits = [child.waitForLine(/never said/u), child.waitForReady(`http://127.0.0.1:${await freePort()}/readyz`)];
    await child.kill();
    for (const result of await Promise.allSettled(waits)) {
      expect(result).toMatchObject({ status: 'rejected' });
      expect(String((result as PromiseRejectedResult).reason)).toMatch(
        /the process ended \(code null, signal SIGKILL\)[^]*a word on stderr/u,
      );
    }
  });

  test('ends a wait in time', async () => {
    const child = await start();
    await child.waitForLine(/stderr/u);
    await expect(child.waitForLine(/never said/u, 50)).rejects.toThrow(/the time is up[^]*a word on stderr/u);
  });
});
