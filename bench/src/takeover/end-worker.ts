import { setTimeout as delay } from 'node:timers/promises';
import { eventually, type SpawnedProcess } from '@chat-recall/local';
import type { Pool } from '@chat-recall/shared/db';
import type { Platform } from '../recall/platform.ts';
import { givenUp, nextAttempt, stillOpen, unanswered, underWay, unknownOutcomes } from './in-hand.ts';

/** Between two looks, ms: as exact as the times are. */
const lookEveryMs = 50;
/** Calls in hand without which a worker is not in the middle of its work. */
const fewestCalls = 5;
const giveUpMs = 60_000;

export interface Scene {
  readonly pool: Pool;
  readonly platform: Platform;
  /** Its plan is frozen, and it is being called. */
  readonly recallId: string;
}

/** What came after a SIGKILL, ms since it. */
export interface Killed {
  /** Batches that it was calling. */
  readonly inHand: number;
  /** Until another worker wrote the next attempt, which is up to 50 ms before it calls. */
  readonly nextMs: number;
  /** The longest time in which no call reached the platform. */
  readonly pauseMs: number;
  /** Until the last of the batches in hand was taken back, to be called by others. */
  readonly backMs: number;
  /** Until the last of the batches in hand had been called again, or settled by what history told. */
  readonly inHandMs: number;
  /** The same of all that was queued: some of it was jobs in its hand that it had not begun. */
  readonly queuedMs: number;
  /** Outcomes of the recall that are not known after that. */
  readonly unknown: number;
}

/** Kills one of the workers of a recall, in the middle of its calls. */
export async function killWorker({ pool, platform, recallId }: Scene, worker: SpawnedProcess): Promise<Killed> {
  const killed = Date.now();
  await worker.kill();
  const left = await underWay(pool, recallId, worker.pid);
  let inHandMs: number | null = null;
  let queuedMs: number | null = null;
  while (inHandMs === null || queuedMs === null) {
    await delay(lookEveryMs);
    const open = await stillOpen(pool, recallId, left);
    const sinceMs = Date.now() - killed;
    if (open.calling === 0) inHandMs ??= sinceMs;
    if (open.queued === 0) queuedMs ??= sinceMs;
    if (sinceMs > giveUpMs) throw new Error(`${open.calling + open.queued} batches were not taken over in a minute`);
  }
  const next = await nextAttempt(pool, recallId, worker.pid, killed);
  const back = await givenUp(pool, recallId, worker.pid);
  return {
    inHand: left.filter((batch) => batch.calling).length,
    nextMs: (next ?? NaN) - killed,
    pauseMs: longestPause(killed, await platform.calls(killed)),
    backMs: (back ?? NaN) - killed,
    inHandMs,
    queuedMs,
    unknown: await unknownOutcomes(pool, recallId),
  };
}

/** What came after a SIGTERM. */
export interface Stopped {
  /** Batches that it was calling. */
  readonly inHand: number;
  /** Until the process had ended. */
  readonly endedMs: number;
  /** null: a signal ended it. */
  readonly code: number | null;
  /** Sequences that are unknown, or will be since their attempt has no answer. */
  readonly unknown: number;
  /** Batches that it left to their leases. */
  readonly left: number;
}

/** Tells one of the workers of a recall to stop, in the middle of its calls. */
export async function stopWorker(scene: Scene, worker: SpawnedProcess): Promise<Stopped> {
  const { pool, recallId } = scene;
  const inHand = await callsOf(scene, worker);
  const told = performance.now();
  const { code } = await worker.stop();
  const endedMs = performance.now() - told;
  const left = await callsOf(scene, worker);
  const lost = await unanswered(pool, recallId, worker.pid);
  return { inHand, endedMs, code, unknown: lost + (await unknownOutcomes(pool, recallId)), left };
}

/** Waits until the worker is in the middle of its work. */
export async function calling(scene: Scene, worker: SpawnedProcess): Promise<void> {
  await eventually(async () => (await callsOf(scene, worker)) >= fewestCalls, {
    what: `worker ${worker.pid} calling`,
    timeoutMs: giveUpMs,
  });
}

async function callsOf({ pool, recallId }: Scene, { pid }: SpawnedProcess): Promise<number> {
  return (await underWay(pool, recallId, pid)).filter((batch) => batch.calling).length;
}

function longestPause(from: number, calls: readonly { readonly at: number }[]): number {
  let longest = 0;
  let last = from;
  for (const { at } of calls) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}
