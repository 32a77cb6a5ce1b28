import { fileURLToPath } from 'node:url';
import { repository, spawnProcess, type SpawnedProcess } from '@chat-recall/local';
import type { BenchContext } from '../bench.ts';

export const appId = 1_400_000_000;
export const token = 'bench-token';
export const path = '/callback';

export interface Contestant {
  readonly url: string;
  readonly process: SpawnedProcess;
  /** From its start until it said that it is ready, ms. */
  readonly readyMs: number;
}

export type Part = 'webhook' | 'worker' | 'console';

/** One of our processes as it is delivered, with everything on; queues are in Postgres. */
export function startPart(part: Part, databaseUrl: string, onEnd: BenchContext['onEnd']): Promise<Contestant> {
  return start(
    {
      script: `${repository}apps/${part}/dist/main.js`,
      env: {
        DATABASE_URL: databaseUrl,
        TENCENT_SDK_APP_ID: String(appId),
        TENCENT_SECRET_KEY: 'bench-secret',
        // Nobody listens there: nothing is asked of the platform.
        TENCENT_API_URL: 'http://127.0.0.1:9',
        WEBHOOK_TOKEN: token,
        WEBHOOK_HOST: '127.0.0.1',
        WEBHOOK_PATH: path,
        CONSOLE_ADMIN_TOKEN: 'bench-admin-token-of-some-length',
        [`${part.toUpperCase()}_PORT`]: '0',
      },
    },
    onEnd,
  );
}

export function startOpponent(
  name: 'bare' | 'express-json' | 'express-insert',
  args: readonly string[],
  onEnd: BenchContext['onEnd'],
): Promise<Contestant> {
  const script = fileURLToPath(new URL(`opponents/${name}.js`, import.meta.url));
  return start({ script, args, env: { NODE_ENV: 'production' } }, onEnd);
}

async function start(
  options: { script: string; args?: readonly string[]; env: Readonly<Record<string, string>> },
  onEnd: BenchContext['onEnd'],
): Promise<Contestant> {
  const began = performance.now();
  const process = await spawnProcess(options);
  onEnd('contestant', () => process.stop());
  const entry = await process.waitForLog((line) => line['msg'] === 'ready');
  return { url: String(entry['url']), process, readyMs: performance.now() - began };
}
