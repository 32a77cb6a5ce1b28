import { randomBytes } from 'node:crypto';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '@chat-recall/shared/errors';
import { readConfig } from '@chat-recall/shared/config';
import { migrate } from '@chat-recall/shared/db';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import { startEmbeddedPostgres } from './postgres/start-embedded-postgres.ts';
import { spawnProcess } from './processes/spawn-process.ts';
import { repository, startSystem } from './system/start-system.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string', default: join(repository, '.data') } } });
/** Where the embedded Postgres stays between starts. */
const postgresFolder = resolve(options.data, 'postgres');
/** Living demo traffic of the stand-in, messages a second. */
const trafficPerSecond = 5;
/** App of the stand-in. */
const demoAppId = 1_400_000_000;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const disposals = createDisposals((name) => process.stderr.write(`stopping ${name} failed\n`));

async function start(): Promise<void> {
  const { config, warnings } = readConfig(
    process.env,
    [
      'DATABASE_URL',
      'REDIS_URL',
      'TENCENT_SDK_APP_ID',
      'TENCENT_SECRET_KEY',
      'TENCENT_API_URL',
      'WEBHOOK_PORT',
      'WEBHOOK_PATH',
      'WEBHOOK_TOKEN',
      'CONSOLE_PORT',
      'CONSOLE_ADMIN_TOKEN',
      'WORKER_PORT',
      'LOG_LEVEL',
    ],
    [],
    ({ TENCENT_SDK_APP_ID, TENCENT_SECRET_KEY }) =>
      (TENCENT_SDK_APP_ID === undefined) === (TENCENT_SECRET_KEY === undefined)
        ? []
        : ['TENCENT_SDK_APP_ID, TENCENT_SECRET_KEY: set both, or neither to use the stand-in'],
  );
  for (const warning of warnings) process.stderr.write(`${warning}\n`);

  const databaseUrl = config.DATABASE_URL ?? (await embeddedUrl());
  await migrate({ databaseUrl, log: say });

  const webhookToken = config.WEBHOOK_TOKEN ?? randomBytes(16).toString('hex');
  const adminToken = config.CONSOLE_ADMIN_TOKEN ?? randomBytes(24).toString('base64url');
  const real = config.TENCENT_SDK_APP_ID !== undefined;
  const secretKey = config.TENCENT_SECRET_KEY ?? randomBytes(32).toString('hex');
  const sdkAppId = config.TENCENT_SDK_APP_ID ?? demoAppId;
  const callbackUrl = `http://127.0.0.1:${config.WEBHOOK_PORT}${config.WEBHOOK_PATH}`;
  const apiUrl = real ? config.TENCENT_API_URL : await standInUrl({ sdkAppId, secretKey, webhookToken, callbackUrl });

  const system = await startSystem({
    databaseUrl,
    redisUrl: config.REDIS_URL,
    sdkAppId,
    secretKey,
    apiUrl,
    webhookToken,
    adminToken,
    ports: { webhook: config.WEBHOOK_PORT, console: config.CONSOLE_PORT, worker: config.WORKER_PORT },
    // What else is set (hosts, paths, limits) reaches the processes as it is.
    environment: { ...passedOn(), ...(real ? {} : { WEBHOOK_HOST: '127.0.0.1' }) },
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  disposals.add('processes', () => system.stop());

  say('');
  say(`  receiver    ${callbackUrl}`);
  say(`  console     ${system.console.url}`);
  say(`  queue UI    ${system.console.url}/queues   (log in at the console first)`);
  say(`  API         ${system.console.url}/api/v1/openapi.json`);
  say(`  worker      ${system.workers[0]?.url}/metrics`);
  say(
    real
      ? `  Tencent     ${apiUrl} (app ${sdkAppId})`
      : `  stand-in    ${apiUrl} (app ${sdkAppId}, ${trafficPerSecond} messages a second)`,
  );
  say(`  queues      ${config.REDIS_URL === undefined ? 'on Postgres (set REDIS_URL for Redis)' : 'on Redis'}`);
  say('');
  if (config.CONSOLE_ADMIN_TOKEN === undefined) say(`  admin token, for this run: ${adminToken}`);
  say('  Ctrl-C stops everything; the data stays.');
  say('');
  for (const { process: child } of [...system.receivers, ...system.workers, system.console]) {
    void child.exited.then(({ code }) => stop(`a process ended by itself (exit code ${code})`, 1));
  }
}

async function embeddedUrl(): Promise<string> {
  say(`Starting the embedded Postgres (data in ${relative(process.cwd(), postgresFolder)}) …`);
  const postgres = await startEmbeddedPostgres({
    persistent: true,
    durable: true,
    dataDir: postgresFolder,
  });
  disposals.add('postgres', () => postgres.stop());
  return postgres.url;
}

async function standInUrl(app: {
  sdkAppId: number;
  secretKey: string;
  webhookToken: string;
  callbackUrl: string;
}): Promise<string> {
  const standIn = await spawnProcess({
    script: join(repository, 'packages/simulator/dist/main.js'),
    env: {
      PATH: process.env['PATH'] ?? '',
      STANDIN_PORT: process.env['STANDIN_PORT'] ?? '8090',
      STANDIN_SDK_APP_ID: String(app.sdkAppId),
      STANDIN_SECRET_KEY: app.secretKey,
      STANDIN_WEBHOOK_URL: app.callbackUrl,
      STANDIN_WEBHOOK_TOKEN: app.webhookToken,
      STANDIN_TRAFFIC_PER_SECOND: String(trafficPerSecond),
    },
  });
  disposals.add('stand-in', () => standIn.stop());
  const line = await standIn.waitForLine(/stand-in of .* on http/u);
  return /http:\S+/u.exec(line)?.[0] ?? '';
}

function passedOn(): Record<string, string> {
  const names = /^(?:TENCENT|WEBHOOK|CONSOLE|WORKER|METRICS|QUEUE|MESSAGE|DATABASE|LOG)_/u;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

let stopping = false;
function stop(why: string, code: number): void {
  if (stopping) return;
  stopping = true;
  say(`\n${why}; stopping …`);
  void disposals.run().then(() => process.exit(code));
}
process.once('SIGINT', () => stop('Ctrl-C', 0));
process.once('SIGTERM', () => stop('SIGTERM', 0));

try {
  await start();
} catch (error) {
  await disposals.run();
  const lines =
    error instanceof ConfigError ? error.problems : [error instanceof Error ? error.message : String(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
