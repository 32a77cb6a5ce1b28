import { fileURLToPath } from 'node:url';
import { repository, spawnProcess, type SpawnedProcess } from '@chat-recall/local';
import type { BenchContext } from '../bench.ts';

export const appId = 1_400_000_000;
export const token = 'bench-token';
export const path = '/callback';

export interface Contestant {
  readonly url: string;
  readonly process: SpawnedProcess;
  /** From its start until it took callbacks, ms. */
  readonly readyMs: number;
}

/** Our receiver as it is delivered, with everything on. */
export function startReceiver(databaseUrl: string, onEnd: BenchContext['onEnd']): Promise<Contestant> {
  return start(
    {
      script: `${repository}apps/webhook/dist/main.js`,
      env: {
        DATABASE_URL: databaseUrl,
        TENCENT_SDK_APP_ID: String(appId),
        WEBHOOK_TOKEN: token,
        WEBHOOK_HOST: '127.0.0.1',
        WEBHOOK_PORT: '0',
        WEBHOOK_PATH: path,
        LOG_LEVEL: 'info',
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
