import { fileURLToPath } from 'node:url';
import { spawnProcess, type SpawnedProcess } from '@chat-recall/testkit';
import type { Rig } from './rig.ts';

const register = fileURLToPath(new URL('../../../packages/testkit/register-typescript.js', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** A worker that is a process of its own, from the sources; resolves when it is ready. */
export async function spawnWorker(
  rig: Rig,
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedProcess> {
  const worker = await spawnProcess({
    script: main,
    nodeArgs: ['--conditions=source', '--import', register],
    env: { PATH: process.env['PATH'] ?? '', ...rig.environment, WORKER_PORT: '0', ...environment },
  });
  await worker.waitForLog(({ msg }) => msg === 'ready', 60_000);
  return worker;
}
