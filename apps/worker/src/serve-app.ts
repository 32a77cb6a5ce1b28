import type { AppSettings } from '@chat-recall/shared/config';
import { createRateGate, type Db, type Pool, type RateGate } from '@chat-recall/shared/db';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import type { ReadContent } from '@chat-recall/shared/messages';
import type { LookUpParts } from '@chat-recall/shared/recalls';
import { createTencentClient, type TencentClient } from '@chat-recall/shared/tencent';
import { startBackfiller } from './backfiller.ts';
import { startHistorian } from './historian.ts';

/** What all apps of a worker share. */
export interface SharedParts {
  readonly db: Db;
  readonly pool: Pool;
  /** How long an answer of the platform may take, ms. */
  readonly timeoutMs: number;
  /** What of the texts goes into the index. */
  readonly read: ReadContent;
  /** Conversations, or hours, of a backfill that this process reads at once. */
  readonly backfillAtOnce: number;
  /** Which recalls are verified unasked. */
  readonly verify: 'none' | 'unconfirmed' | 'all';
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One app as a worker serves it: its own client, limits and history. */
export interface ServedApp extends AppSettings {
  readonly client: TencentClient;
  /** Of `group_msg_recall`. */
  readonly gate: RateGate;
  /** For asking history about sequences; null: history is not read. */
  readonly lookUp: LookUpParts | null;
  stop(): Promise<unknown>;
}

/** Starts what a worker does for one app by itself: gaps, newest sequences, proof, backfills. */
export async function serveApp(settings: AppSettings, shared: SharedParts): Promise<ServedApp> {
  const { db, pool, timeoutMs, read, verify, signal, log } = shared;
  const { sdkAppId: appId, secretKey = '' } = settings;
  const disposals = createDisposals((name, error) => log.error({ err: error, step: name }, 'stopping a part failed'));
  const client = createTencentClient({
    apiUrl: settings.apiUrl,
    sdkAppId: appId,
    secretKey,
    identifier: settings.admin,
    timeoutMs,
  });
  disposals.add('tencent', () => client.close());
  try {
    const gate = await createRateGate(pool, `${appId}_group_msg_recall`, settings.callsPerSecond);
    const common = { db, pool, appId, client, read, signal, log };
    const historian = await startHistorian({ ...common, callsPerSecond: settings.historyCallsPerSecond, verify });
    disposals.add('historian', () => historian.stop());
    const backfiller = await startBackfiller({
      ...common,
      historyGate: historian.gate,
      historyCallsPerSecond: settings.historyCallsPerSecond,
      atOnce: shared.backfillAtOnce,
      retentionDays: settings.retentionDays,
    });
    disposals.add('backfiller', () => backfiller.stop());
    return { ...settings, client, gate, lookUp: historian.lookUp, stop: () => disposals.run() };
  } catch (error) {
    await disposals.run();
    throw error;
  }
}
