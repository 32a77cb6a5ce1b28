import { afterEach, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { canary, spawnProcess, type SpawnedProcess } from '@chat-recall/testkit';

const register = fileURLToPath(new URL('../../testkit/register-typescript.js', import.meta.url));
const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

let started: SpawnedProcess | undefined;
afterEach(async () => {
  await started?.kill();
});

async function spawn(name: string): Promise<SpawnedProcess> {
  started = await spawnProcess({
    script: fixture(name),
    nodeArgs: ['--conditions=source', '--import', register],
    env: { PRIVATE: `${canary} of a job` },
  });
  return started;
}

async function start(): Promise<SpawnedProcess> {
  started = await spawn('runs.ts');
  await started.waitForLog(({ msg }) => msg === 'ready');
  return started;
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s stops it', async (signal) => {
  const running = await start();
  expect(await running.stop(signal)).toEqual({ code: 0, signal: null });
});

test('SIGUSR1 opens no debugger', async () => {
  const running = await start();
  process.kill(running.pid, 'SIGUSR1');
  await running.waitForLog(({ signal }) => signal === 'SIGUSR1');
  expect(await running.stop()).toEqual({ code: 0, signal: null });
  expect(running.lines.join('\n')).not.toMatch(/debugger listening/iu);
});

test('an error that nobody caught ends it, and tells its message without what hangs on it', async () => {
  const running = await start();
  process.kill(running.pid, 'SIGUSR2');
  expect(await running.exited).toEqual({ code: 1, signal: null });
  const told = await running.waitForLog(({ msg }) => msg === 'uncaught exception; ending');
  expect(told['err']).toMatchObject({ message: 'it broke', stack: expect.stringMatching(/^\s+at /u) });
  expect(running.lines.join('\n')).not.toContain(canary);
});

test('while it starts neither a signal opens the debugger nor an error shows what hangs on it: one line each', async () => {
  const starting = await spawn('starts.ts');
  await starting.waitForLine(/^starting$/u);
  process.kill(starting.pid, 'SIGUSR1');
  await starting.waitForLine(/debugger/u);
  process.kill(starting.pid, 'SIGHUP');
  await starting.waitForLine(/rejection/u);
  process.kill(starting.pid, 'SIGUSR2');
  expect(await starting.exited).toEqual({ code: 1, signal: null });
  expect(starting.lines).toEqual([
    'starting',
    'there is no debugger here',
    'unhandled rejection: it broke [31mearly',
    'uncaught exception; ending: it broke [31mearly',
  ]);
});
