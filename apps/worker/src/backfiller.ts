import { createRateGate, type Db, type Pool, type RateGate } from '@chat-recall/shared/db';
import {
  claimListing,
  claimParts,
  createBackfillRates,
  createPartRunner,
  endIfDone,
  listParts,
  releaseListing,
  renewListing,
  renewParts,
  type BackfillPart,
  type BackfillWork,
  type Listing,
  type PacedGate,
} from '@chat-recall/shared/history';
import { startLoop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import type { ReadContent } from '@chat-recall/shared/messages';
import type { TencentClient } from '@chat-recall/shared/tencent';
import { infoCallsPerSecond } from './historian.ts';

/** How often work is looked for when there was none, ms. */
const everyMs = 1_000;
/** How often what is in hand is kept from being taken over, ms. */
const renewEveryMs = 5_000;
/** The platform takes 1 and 10 calls a second (intl 34960, 34885); a slot may be used a little late. */
const listCallsPerSecond = 0.9;
const fileCallsPerSecond = 9;
/** Gaps and look-ups go first: they are few, and somebody waits for them. */
const priority = 3;

export interface BackfillerParts {
  readonly db: Db;
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  /** Of `group_msg_get_simple`, shared with the historian; null: history is not read. */
  readonly historyGate: RateGate | null;
  readonly historyCallsPerSecond: number;
  /**
   * Conversations, or hours, read at once by this process: when it is killed, each may be a page whose answer
   * is not stored and that is asked for again.
   */
  readonly atOnce: number;
  readonly retentionDays: number;
  /** What of the texts goes into the index. */
  readonly read: ReadContent;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Reads the history of the app into the index when somebody asks for it. Any number of workers share the parts. */
export async function startBackfiller(parts: BackfillerParts): Promise<{ stop(): Promise<unknown> }> {
  const { db, pool, appId, client, historyGate, signal, log } = parts;
  const tell = (error: unknown, what: string): void => {
    if (!signal.aborted) log.error({ err: error, sdkAppId: appId }, what);
  };
  const rates = createBackfillRates(pool, (error) => tell(error, 'counting the calls of a backfill failed'));
  const gateOf = async (command: string, rate: number, burst?: number): Promise<PacedGate> =>
    paced(await createRateGate(pool, `${appId}_${command}`, rate, burst));
  const paced = (gate: RateGate): PacedGate => ({
    enter: () => gate.enter(priority, signal),
    throttled: () => gate.throttled(),
  });
  const work: BackfillWork = {
    db,
    pool,
    appId,
    client,
    gates: {
      list: await gateOf('get_appid_group_list', listCallsPerSecond, 1),
      groups: await gateOf('get_group_info', infoCallsPerSecond),
      topics: await gateOf('get_topic', infoCallsPerSecond),
      history: historyGate === null ? null : paced(historyGate),
      files: await gateOf('get_history', fileCallsPerSecond, 1),
    },
    callsPerSecond: { history: parts.historyCallsPerSecond, files: fileCallsPerSecond },
    atOnce: parts.atOnce,
    retentionDays: parts.retentionDays,
    read: parts.read,
    now: Date.now,
    signal,
    onCall: rates.note,
  };
  const runPart = createPartRunner(work);
  const inHand = new Map<BackfillPart, Promise<void>>();
  let listing: Listing | null = null;

  async function list(): Promise<void> {
    listing = await claimListing(work);
    if (listing === null) return;
    try {
      await listParts(work, listing);
      void taking.kick();
    } catch (error) {
      await releaseListing(pool, listing);
      throw error;
    } finally {
      listing = null;
    }
  }

  async function take(): Promise<void> {
    if (signal.aborted) return;
    const { rows } = await pool.query<{ id: string }>({
      name: 'running_backfill',
      text: `select id from backfills where app_id = $1 and state = 'running'`,
      values: [appId],
    });
    for (const { id } of rows) {
      const free = parts.atOnce - inHand.size;
      const claimed = free > 0 ? await claimParts(pool, id, free) : [];
      for (const part of claimed) inHand.set(part, run(part));
      if (inHand.size === 0) await endIfDone(pool, id);
    }
  }

  async function run(part: BackfillPart): Promise<void> {
    try {
      await runPart(part);
    } catch (error) {
      tell(error, 'reading a part of a backfill failed');
    } finally {
      inHand.delete(part);
      void taking.kick();
    }
  }

  const listings = startLoop(everyMs, list, (error) => tell(error, 'listing what a backfill will read failed'));
  const taking = startLoop(everyMs, take, (error) => tell(error, 'taking parts of a backfill failed'));
  const renewals = startLoop(
    renewEveryMs,
    async () => {
      await renewParts(pool, [...inHand.keys()]);
      if (listing !== null) await renewListing(pool, listing);
    },
    (error) => tell(error, 'holding on to parts of a backfill failed'),
  );
  return {
    async stop() {
      await Promise.all([listings.stop(), taking.stop()]);
      await Promise.all(inHand.values());
      await Promise.all([renewals.stop(), rates.loop.stop()]);
    },
  };
}
