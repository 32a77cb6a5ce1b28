import { appsOf } from '@chat-recall/shared/config';
import { createServer } from 'node:http';
import { checkMigrations, createDb, createPool, watchSilence } from '@chat-recall/shared/db';
import { createDisposals, type Disposals } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { createTextPolicy } from '@chat-recall/shared/messages';
import { closeServer, createRegistry, listen, urlOf, watchEventLoop } from '@chat-recall/shared/metrics';
import { connectQueues, keepBatches, keepJobs, recallBatchesQueue, recallJobsQueue } from '@chat-recall/shared/queue';
import { routes } from './api/routes.ts';
import { createApp } from './app.ts';
import { createIdentities } from './auth/identities.ts';
import { createProvider } from './oidc/provider.ts';
import { beginPath, oidcOf, standingOf } from './oidc/settings.ts';
import { createThrottle } from './auth/throttle.ts';
import type { ConsoleConfig } from './config.ts';
import { refuseMalformed } from './http/refuse-malformed.ts';
import { documentOf } from './openapi/document.ts';

/** What tests may set otherwise. */
export interface ConsoleOverrides {
  /** How long a search or list may take in the database, ms. */
  readonly readTimeoutMs?: number;
  /** The time for tokens, sessions and log-ins, ms. */
  readonly now?: () => number;
  /** How long requests under way may go on when the console stops, ms. */
  readonly drainWithinMs?: number;
}

/** A running console: admin API and queue UI. */
export interface RecallConsole {
  readonly url: string;
  stop(): Promise<unknown>;
}

const defaultReadTimeoutMs = 15_000;
/** A slow sender must not hold a connection for ever, and a reader that stands still not a stream, ms. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
};
const idleAtMostMs = 120_000;

/** Composition root of the console. Resolves once it listens. */
export async function startConsole(
  config: ConsoleConfig,
  log: Log,
  overrides: ConsoleOverrides = {},
): Promise<RecallConsole> {
  const disposals = createDisposals((name, error) => log.error({ err: error, step: name }, 'stopping a part failed'));
  try {
    return await assemble(config, log, overrides, disposals);
  } catch (error) {
    await disposals.run();
    throw error;
  }
}

async function assemble(
  config: ConsoleConfig,
  log: Log,
  overrides: ConsoleOverrides,
  disposals: Disposals,
): Promise<RecallConsole> {
  const onError = (error: Error): void => log.warn({ err: error }, 'a connection has trouble');
  const common = { databaseUrl: config.DATABASE_URL, onError };
  const forReads = Math.ceil(config.DATABASE_POOL_SIZE / 2);
  const pool = createPool({ ...common, name: 'console', size: config.DATABASE_POOL_SIZE - forReads });
  const db = createDb(pool);
  disposals.add('database', () => db.destroy());
  const statementTimeoutMs = overrides.readTimeoutMs ?? defaultReadTimeoutMs;
  const reads = createDb(createPool({ ...common, name: 'console reads', size: forReads, statementTimeoutMs }));
  disposals.add('database for reads', () => reads.destroy());
  await checkMigrations(pool);

  const queues = await connectQueues({
    redisUrl: config.REDIS_URL,
    databaseUrl: config.DATABASE_URL,
    prefix: config.QUEUE_PREFIX,
    watchSilence,
    onError,
  });
  disposals.add('queues', () => queues.close());
  const jobs = queues.queue(recallJobsQueue, keepJobs);
  const batches = queues.queue(recallBatchesQueue, keepBatches(queues.backend));

  const apps = appsOf(config);
  const [first] = apps;
  if (first === undefined) throw new Error('there is no app to serve');
  const checks = {
    database: () => pool.query('select 1'),
    migrations: () => checkMigrations(pool),
    queue: () => queues.check(),
  };
  const registry = createRegistry('console');
  disposals.add(
    'event loop',
    watchEventLoop(registry, (stalls) => log.warn(stalls, 'the process stood still')),
  );
  const now = overrides.now ?? Date.now;
  const oidc = oidcOf(config);
  const parts = {
    apps,
    appId: first.sdkAppId,
    callsPerSecond: first.callsPerSecond,
    roamingDays: first.roamingDays,
    text: createTextPolicy(config),
    approveAbove: config.RECALL_APPROVAL_ABOVE === 0 ? null : config.RECALL_APPROVAL_ABOVE,
    now,
    identities: createIdentities(db, config.CONSOLE_ADMIN_TOKEN, oidc && standingOf(oidc), now),
    logInProvider: oidc && { name: oidc.issuer.host, path: beginPath },
    logIns: createThrottle(now),
    bearers: createThrottle(now),
    db,
    pool,
    reads,
    jobs,
    log,
    registry,
    checks,
    document: documentOf(routes),
  };
  const server = createServer(
    limits,
    createApp(parts, batches, oidc && { ...parts, settings: oidc, provider: createProvider(oidc) }),
  );
  server.setTimeout(idleAtMostMs);
  refuseMalformed(server, log);
  await listen(server, config.CONSOLE_HOST, config.CONSOLE_PORT);
  disposals.add('server', () => closeServer(server, overrides.drainWithinMs));
  const url = urlOf(server, config.CONSOLE_HOST);
  log.info({ url, backend: queues.backend, sdkAppIds: apps.map(({ sdkAppId }) => sdkAppId) }, 'ready');
  return { url, stop: () => disposals.run() };
}
