import { fileURLToPath } from 'node:url';
import { spawnProcess, type SpawnedProcess } from '../processes/spawn-process.ts';

/** The top of the repository, from `src` and from `dist` alike. */
export const repository = fileURLToPath(new URL('../../../../', import.meta.url));

/** What the processes of a system have in common. */
export interface SystemSettings {
  readonly databaseUrl: string;
  /** For processes that have roles of their own in the database. */
  readonly databaseUrls?: Readonly<Record<'webhook' | 'worker' | 'console', string>>;
  readonly redisUrl?: string | undefined;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly apiUrl: string;
  readonly webhookToken: string;
  readonly adminToken: string;
  /** 0: any free port. */
  readonly ports?: { readonly webhook: number; readonly console: number; readonly worker: number };
  readonly receivers?: number;
  readonly workers?: number;
  /** Further variables for all processes. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told of what the processes log from `warn` on, and of what is no JSON. */
  readonly onLine?: (line: string) => void;
}

/** Receivers, workers and the console, as processes of their own on loopback. */
export interface System {
  readonly receivers: readonly RunningPart[];
  readonly workers: readonly RunningPart[];
  readonly console: RunningPart;
  stop(): Promise<void>;
}

export interface RunningPart {
  readonly url: string;
  readonly process: SpawnedProcess;
}

/** Starts all processes and waits until each is ready. When one cannot start, the others are stopped. */
export async function startSystem(settings: SystemSettings): Promise<System> {
  const started: RunningPart[] = [];
  const { receivers = 1, workers = 1, ports } = settings;
  async function part(app: 'webhook' | 'worker' | 'console', port: number): Promise<RunningPart> {
    const process = await spawnProcess({
      script: `${repository}apps/${app}/dist/main.js`,
      env: environmentOf(settings, app, port),
      onLine: (line) => {
        if (isTrouble(line)) settings.onLine?.(line);
      },
    });
    const running = { url: '', process };
    started.push(running);
    const entry = await process.waitForLog((line) => line['msg'] === 'ready');
    return Object.assign(running, { url: String(entry['url']) });
  }
  async function stop(): Promise<void> {
    await Promise.all(started.map(({ process }) => process.stop()));
  }
  try {
    const [receiving, working, desk] = await Promise.all([
      Promise.all(Array.from({ length: receivers }, (_, at) => part('webhook', at === 0 ? (ports?.webhook ?? 0) : 0))),
      Promise.all(Array.from({ length: workers }, (_, at) => part('worker', at === 0 ? (ports?.worker ?? 0) : 0))),
      part('console', ports?.console ?? 0),
    ]);
    return { receivers: receiving, workers: working, console: desk, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function environmentOf(
  settings: SystemSettings,
  app: 'webhook' | 'worker' | 'console',
  port: number,
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: settings.databaseUrls?.[app] ?? settings.databaseUrl,
    ...(settings.redisUrl === undefined ? {} : { REDIS_URL: settings.redisUrl }),
    TENCENT_SDK_APP_ID: String(settings.sdkAppId),
    TENCENT_SECRET_KEY: settings.secretKey,
    TENCENT_API_URL: settings.apiUrl,
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_TOKEN: settings.webhookToken,
    CONSOLE_ADMIN_TOKEN: settings.adminToken,
    [`${app.toUpperCase()}_PORT`]: String(port),
    ...settings.environment,
  };
}

/** pino's levels: 40 is `warn`. */
function isTrouble(line: string): boolean {
  const level = /^\{"level":(?<level>\d+)/u.exec(line)?.groups?.['level'];
  return level === undefined || Number(level) >= 40;
}
