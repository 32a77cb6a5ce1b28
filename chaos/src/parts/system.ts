import { join } from 'node:path';
import { partNames, partsOf, receivers, type PartName, type Queue } from '../plan/faults.ts';
import type { Links } from './links.ts';
import { supervise, type Supervised } from './process.ts';
import { steadyPort } from './steady-port.ts';

export interface SystemOptions {
  /** The repository, or a copy of what was built. */
  readonly root: string;
  /** For logs, and what waits on a receiver's disk. */
  readonly folder: string;
  readonly queue: Queue;
  readonly links: Links;
  /** Of the database itself; the parts get it by way of their link. */
  readonly databaseUrl: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly webhookToken: string;
  readonly adminToken: string;
  readonly callsPerSecond: number;
  /** Where each part serves. */
  readonly ports: ReadonlyMap<PartName, number>;
}

/** The processes of the product. */
export interface System {
  part(name: PartName): Supervised;
  readonly parts: readonly Supervised[];
  readonly consoleUrl: string;
  /** What waits on the disk of the receiver that has one. */
  readonly spoolFolder: string;
}

const apps = { receiver: 'webhook', worker: 'worker', console: 'console' } as const;

/** Two receivers, of which the first keeps callbacks on its disk while the database is away and the second refuses them. */
export async function assemble(options: SystemOptions): Promise<System> {
  const { root, folder, ports } = options;
  const spoolFolder = join(folder, 'spool');
  const parts = new Map<PartName, Supervised>();
  for (const name of partNames) {
    const kind = name.replace(/-\d$/u, '') as keyof typeof apps;
    const healthPort = kind === 'receiver' ? await steadyPort() : Number(ports.get(name));
    parts.set(
      name,
      supervise({
        name,
        script: join(root, 'apps', apps[kind], 'dist/main.js'),
        env: {
          ...common(options, name),
          ...environmentOf(options, kind, Number(ports.get(name))),
          ...linkEnvironment(options, name),
          ...(kind === 'receiver' && { METRICS_PORT: String(healthPort) }),
          ...(name === receivers[0] && { WEBHOOK_SPOOL_DIR: spoolFolder }),
        },
        healthUrl: `http://127.0.0.1:${healthPort}`,
        logFile: join(folder, `${name}.log`),
      }),
    );
  }
  return {
    part: (name) => parts.get(name) as Supervised,
    parts: [...parts.values()],
    consoleUrl: `http://127.0.0.1:${ports.get('console')}`,
    spoolFolder,
  };
}

function common({ links, databaseUrl, sdkAppId }: SystemOptions, name: PartName): Record<string, string> {
  const url = new URL(databaseUrl);
  url.port = String(links.port(name, 'postgres'));
  return {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: url.href,
    DATABASE_POOL_SIZE: '8',
    TENCENT_SDK_APP_ID: String(sdkAppId),
    LOG_LEVEL: 'debug',
  };
}

function environmentOf(options: SystemOptions, kind: keyof typeof apps, port: number): Record<string, string> {
  switch (kind) {
    case 'receiver':
      return { WEBHOOK_HOST: '127.0.0.1', WEBHOOK_PORT: String(port), WEBHOOK_TOKEN: options.webhookToken };
    case 'worker':
      return {
        TENCENT_SECRET_KEY: options.secretKey,
        TENCENT_CALLS_PER_SECOND: String(options.callsPerSecond),
        // The ledger tells by it of which recall a call is.
        TENCENT_SEND_REASON: 'true',
        // The least that is allowed: what has no answer is tried again soon.
        TENCENT_TIMEOUT_MS: '3100',
        WORKER_PORT: String(port),
      };
    case 'console':
      return {
        TENCENT_CALLS_PER_SECOND: String(options.callsPerSecond),
        CONSOLE_PORT: String(port),
        CONSOLE_ADMIN_TOKEN: options.adminToken,
      };
  }
}

function linkEnvironment({ links, queue }: SystemOptions, name: PartName): Record<string, string> {
  return {
    ...(partsOf('redis', queue).includes(name) && { REDIS_URL: `redis://127.0.0.1:${links.port(name, 'redis')}` }),
    ...(partsOf('platform', queue).includes(name) && {
      TENCENT_API_URL: `http://127.0.0.1:${links.port(name, 'platform')}`,
    }),
  };
}
