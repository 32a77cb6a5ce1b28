import { appsOf, type Config } from '@chat-recall/shared/config';
import { checkMigrations, createPool, isRefusedData, type Pool } from '@chat-recall/shared/db';
import { codeOf, isRecallError } from '@chat-recall/shared/errors';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import { createSeen } from '@chat-recall/shared/history';
import type { Log } from '@chat-recall/shared/log';
import {
  createContentReader,
  createPieceMerger,
  createTextPolicy,
  insertQuarantine,
  mergedBeside,
} from '@chat-recall/shared/messages';
import { createRegistry, listen, serveHealth, urlOf, watchEventLoop } from '@chat-recall/shared/metrics';
import { createBatcher, type Batcher } from './batcher.ts';
import { createCallbackHandler } from './callback-handler.ts';
import { createChecks } from './checks.ts';
import { createCommandCounts } from './command-counts.ts';
import { createFigures } from './figures.ts';
import { createHealthApp } from './health-app.ts';
import { createOutage, type Outage } from './outage.ts';
import { createBodyReader } from './read-body.ts';
import type { settings } from './settings.ts';
import type { Refusal } from './refusals.ts';
import { seldom } from './seldom.ts';
import { sampleFigures } from './samples.ts';
import { createReceiverServer } from './server.ts';
import { openSpool, type Spool } from './spool.ts';
import { decodeEntry, encodeEntry } from './spooled-entry.ts';
import { createWriter, type Entry } from './write-entries.ts';

/** A write without an answer by then has lost its server, ms; the platform has given up long before. */
const queryTimeoutMs = 5_000;
/** The server ends it by then, ms: what nobody waits for any more must not go on waiting for a lock there. */
const statementTimeoutMs = 4_500;
/** Like events are logged this often at most, ms. */
const logEveryMs = 10_000;

export interface ReceiverOptions {
  readonly config: Config<(typeof settings)[number]>;
  readonly log: Log;
  readonly overrides?: {
    /** Unix milliseconds. */
    readonly now?: () => number;
  };
}

export interface Receiver {
  readonly log: Log;
  /** Origin of the public port. */
  readonly url: string;
  /** Origin of the metrics, if they are served. */
  readonly metricsUrl: string | undefined;
  /** Answers what is in hand, then ends. */
  stop(): Promise<unknown>;
}

/** Puts the receiver together and starts it. */
export async function createReceiver({ config, log, overrides = {} }: ReceiverOptions): Promise<Receiver> {
  const now = overrides.now ?? Date.now;
  const apps = appsOf(config);
  const disposals = createDisposals((step, err) => log.error({ err, step }, 'stopping failed'));
  try {
    const pool = createPool({
      databaseUrl: String(config.DATABASE_URL),
      name: 'webhook',
      size: config.DATABASE_POOL_SIZE,
      queryTimeoutMs,
      statementTimeoutMs,
      settings: mergedBeside,
      onError: (err) => log.warn({ err }, 'a database connection was lost'),
    });
    disposals.add('database', () => pool.end());
    const awayAtStart = await isAwayAtStart(pool, config.WEBHOOK_SPOOL_DIR !== undefined);

    const registry = createRegistry('webhook');
    disposals.add(
      'event loop',
      watchEventLoop(registry, (stalls) => log.warn(stalls, 'the process stood still')),
    );
    const figures = sampleFigures(
      createFigures(registry, () => batcher.waitingRows()),
      pool,
      (err) => log.warn({ err }, 'a sample was not written'),
    );
    disposals.add('samples', () => figures.loop.stop());
    const counts = createCommandCounts(pool, (err) =>
      log.warn({ err }, 'counts were not written; they are tried again'),
    );
    disposals.add('counts', async () => {
      await counts.loop.kick();
      await counts.loop.stop();
    });
    const seen = createSeen(pool, (err) => log.warn({ err }, 'coverage was not written; it is tried again'));
    disposals.add('coverage', async () => {
      await seen.loop.stop();
      await seen.flush();
    });
    const merger = createPieceMerger(pool, (err) =>
      log.warn({ err }, 'new pieces of the keyword index were not merged'),
    );
    disposals.add('keyword index', () => merger.loop.stop());
    const text = createTextPolicy(config);
    // Where texts must not be kept a callback's body must not be, either.
    const mayKeepRaw = text.mode === 'full';
    const write = createWriter({ pool, keepRaw: config.WEBHOOK_KEEP_RAW && mayKeepRaw, seen, merger });
    const tellLost = seldom<unknown>(logEveryMs, now, (err, _kind, writes) =>
      log.error({ err, writes }, 'callbacks refused: the database does not take them'),
    );
    const tellRefused = seldom<{ refusal: Refusal; command: string }>(logEveryMs, now, (event, _kind, count) => {
      const { reason, field, code } = event.refusal;
      log.warn({ reason, field, code, command: event.command, count }, 'callbacks refused');
    });
    async function setAside({ appId, command, raw }: Entry, error: unknown): Promise<void> {
      const code = codeOf(error) ?? 'unknown';
      await insertQuarantine(pool, {
        appId,
        command,
        raw: mayKeepRaw ? raw : null,
        error: `refused by the database, SQLSTATE ${code}`,
      });
      log.error({ command, code }, 'a callback was quarantined');
    }
    async function store(entries: readonly Entry[]): Promise<void> {
      try {
        await write(entries);
      } catch (error) {
        const [only, ...others] = entries;
        if (!isRefusedData(error) || only === undefined) throw error;
        if (others.length === 0) return setAside(only, error);
        // The bad one is found alone.
        for (const entry of entries) await store([entry]);
      }
    }
    let outage: Outage<Entry> | undefined;
    let spool: Spool<Entry> | undefined;
    if (config.WEBHOOK_SPOOL_DIR !== undefined) {
      spool = await openSpool<Entry>({
        dir: config.WEBHOOK_SPOOL_DIR,
        maxBytes: config.WEBHOOK_SPOOL_MAX_MB * 1024 * 1024,
        encode: (entry) => encodeEntry(entry, mayKeepRaw),
        decode: decodeEntry,
        onBad: (file, lines) =>
          log.error({ file, lines }, 'lines of the spool cannot be read or stored; they were set aside'),
      });
      outage = createOutage({ spool, awayAtStart, probe: () => checkMigrations(pool), store, log });
      figures.watchSpool(spool);
      const [opened, watching] = [spool, outage];
      disposals.add('spool', async () => {
        await watching.stop();
        await opened.close();
      });
    }
    const batcher: Batcher<Entry> = createBatcher<Entry>({
      largest: { rows: 1_000, bytes: 8 * 1024 * 1024 },
      maxInFlight: 2,
      // With a disk to go to there is no need to refuse before the database is known to be away.
      maxWaiting: { rows: 50_000, bytes: 64 * 1024 * 1024, ms: spool === undefined ? 1_200 : 1_600 },
      async write(entries) {
        const began = performance.now();
        await write(entries);
        figures.batch(entries.length, (performance.now() - began) / 1000);
      },
      isRefused: isRefusedData,
      setAside,
      outage,
      onLost: (error) => tellLost('lost', error),
    });
    const checks = createChecks(pool, spool);
    let metricsUrl: string | undefined;
    if (config.METRICS_PORT !== undefined) {
      const metrics = await serveHealth({ host: config.METRICS_HOST, port: config.METRICS_PORT, registry, checks });
      disposals.add('metrics', () => metrics.close());
      metricsUrl = metrics.url;
      log.info({ url: metricsUrl }, 'metrics listening');
    }
    const handle = createCallbackHandler({
      credentials: new Map(apps.map(({ sdkAppId, webhookTokens }) => [String(sdkAppId), webhookTokens])),
      batcher,
      bodies: createBodyReader({ bodyBytes: 256 * 1024, allBytes: 64 * 1024 * 1024 }),
      figures,
      counts,
      read: createContentReader(text),
      now,
      onRefused(refusal, command) {
        // Indices aside, so that there are only so many kinds.
        tellRefused(`${refusal.code} ${refusal.field?.replaceAll(/\d+/gu, '')}`, { refusal, command });
      },
      onError: (err) => log.error({ err }, 'a callback failed'),
    });
    const { server, stop } = createReceiverServer(config.WEBHOOK_PATH, handle, createHealthApp(checks));
    disposals.add('writes', () => batcher.drain());
    await listen(server, config.WEBHOOK_HOST, config.WEBHOOK_PORT);
    disposals.add('server', stop);
    const url = urlOf(server, config.WEBHOOK_HOST);
    log.info({ url }, 'ready');
    return { log, url, metricsUrl, stop: () => disposals.run() };
  } catch (error) {
    await disposals.run();
    throw error;
  }
}

/**
 * Without the database a receiver that has a disk to keep callbacks on starts all the same.
 *
 * @throws RecallError `migrations_missing`, and what the database's absence throws without a spool
 */
async function isAwayAtStart(pool: Pool, spools: boolean): Promise<boolean> {
  try {
    await checkMigrations(pool);
    return false;
  } catch (error) {
    if (!spools || isRecallError(error)) throw error;
    return true;
  }
}
