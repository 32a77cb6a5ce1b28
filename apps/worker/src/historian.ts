import { createRateGate, type Db, type Pool, type RateGate } from '@chat-recall/shared/db';
import { checkTails, fillGaps, readSilence } from '@chat-recall/shared/history';
import { startLoop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import type { ReadContent } from '@chat-recall/shared/messages';
import {
  endVerifications,
  resolveUnknown,
  verifyStep,
  wantVerification,
  type LookUpParts,
} from '@chat-recall/shared/recalls';
import type { Gate, TencentClient } from '@chat-recall/shared/tencent';

/** How often gaps are looked for when there was none, ms. */
const gapsEveryMs = 1_000;
/** How often conversations are looked for whose newest sequence is to be asked, ms. */
const tailsEveryMs = 5_000;
/** How often lost attempts are looked for whose effect history may tell, ms. */
const doubtsEveryMs = 1_000;
/** How often recalls are looked for that are to be verified, ms. */
const proofsEveryMs = 2_000;
/** Calls a second of `get_group_info` and of `get_topic`: far below their limits, and enough for 60,000 groups a minute. */
export const infoCallsPerSecond = 20;

export interface HistorianParts {
  readonly db: Db;
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  /** Of `group_msg_get_simple`, over all processes; 0: nothing is asked. */
  readonly callsPerSecond: number;
  /** What of the texts goes into the index. */
  readonly read: ReadContent;
  /** Which recalls are verified unasked. */
  readonly verify: 'none' | 'unconfirmed' | 'all';
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface Historian {
  /** For comparing plans with history; null: history is not read. */
  readonly lookUp: LookUpParts | null;
  /** Of `group_msg_get_simple`, for whoever else reads history; null: history is not read. */
  readonly gate: RateGate | null;
  stop(): Promise<unknown>;
}

/** Asks the platform's history for what the callbacks did not bring. */
export async function startHistorian(parts: HistorianParts): Promise<Historian> {
  const { db, pool, appId, client, callsPerSecond, signal, log } = parts;
  if (callsPerSecond === 0) return withoutHistory(parts);
  const gateOf = async (command: string, rate: number): Promise<Gate> => {
    const gate = await createRateGate(pool, `${appId}_${command}`, rate);
    return enter(gate, signal);
  };
  const historyGate = await createRateGate(pool, `${appId}_group_msg_get_simple`, callsPerSecond);
  const gate = enter(historyGate, signal);
  const groupGate = await gateOf('get_group_info', infoCallsPerSecond);
  const topicGate = await gateOf('get_topic', infoCallsPerSecond);

  const gaps = startLoop(
    gapsEveryMs,
    async () => {
      for (;;) {
        const filled = await fillGaps({ pool, appId, client, gate, read: parts.read, now: Date.now, signal });
        if (filled.messages > 0) log.info({ ...filled, sdkAppId: appId }, 'gaps filled from history');
        if (filled.conversations === 0 || signal.aborted) return;
      }
    },
    (error) => tell(error, 'filling gaps failed'),
  );
  const tails = startLoop(
    tailsEveryMs,
    async () => {
      while ((await checkTails({ pool, appId, client, groupGate, topicGate })) > 0) if (signal.aborted) return;
      await watchSilence();
    },
    (error) => tell(error, 'asking for newest sequences failed'),
  );
  const lookUp: LookUpParts = { db, pool, appId, client, gate, now: Date.now };
  const doubts = startLoop(
    doubtsEveryMs,
    () => resolveUnknown(lookUp),
    (error) => tell(error, 'asking what became of lost attempts failed'),
  );
  const proofs = startLoop(
    proofsEveryMs,
    async () => {
      if (parts.verify !== 'none') await wantVerification(db, appId, parts.verify);
      while (!signal.aborted && (await verifyStep(lookUp)));
    },
    (error) => tell(error, 'verifying recalls failed'),
  );
  let silent = false;
  async function watchSilence(): Promise<void> {
    const silence = await readSilence(db, appId);
    if (silence !== null && !silent) {
      log.error(
        { ...silence, sdkAppId: appId },
        'no callback comes although groups speak: is the webhook set up right?',
      );
    } else if (silence === null && silent) log.info({ sdkAppId: appId }, 'callbacks come again');
    silent = silence !== null;
  }
  function tell(error: unknown, what: string): void {
    if (!signal.aborted) log.error({ err: error, sdkAppId: appId }, what);
  }
  return {
    lookUp,
    gate: historyGate,
    stop: () => Promise.all([gaps, tails, doubts, proofs].map((loop) => loop.stop())),
  };
}

/** History is not read: who asks it for proof is told that it cannot speak, rather than left to wait. */
function withoutHistory({ db, appId, log }: HistorianParts): Historian {
  const proofs = startLoop(
    proofsEveryMs,
    async () => {
      const recalls = await endVerifications(db, appId);
      if (recalls > 0) log.warn({ recalls, sdkAppId: appId }, 'history is not read: recalls cannot be verified by it');
    },
    (error) => log.error({ err: error, sdkAppId: appId }, 'ending verifications failed'),
  );
  return { lookUp: null, gate: null, stop: () => proofs.stop() };
}

function enter(gate: RateGate, signal: AbortSignal): Gate {
  // Recalls have a gate of their own; here everything is of one priority.
  return () => gate.enter(2, signal);
}
