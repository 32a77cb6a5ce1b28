import type { Size } from './batcher.ts';

/** How much may wait to be written. */
export interface Room {
  /** @param oldest when the oldest of what waits was added, by `performance.now()` */
  has(waiting: Size, oldest: number | undefined): boolean;
  /**
   * @param stored rows of a batch that was stored
   * @param tookMs its waiting and writing, for its oldest entry
   */
  learn(stored: number, tookMs: number): void;
}

/** Waiting and writing together should take less, ms: else less may wait. Under the half of it more may. */
const promptMs = 1_000;
/** Rows that may wait however slow the writes are. */
const leastRows = 100;

/**
 * More than can be written is refused early, so that what is taken is written in time: nothing more is taken
 * once the oldest entry has waited for `most.ms`, and the rows that may wait become as many as a late batch would
 * have held to be prompt (half as many as before at most), and are doubled whenever a batch was prompt.
 */
export function createRoom(most: Size & { readonly ms: number }): Room {
  let rows = most.rows;
  return {
    has: (waiting, oldest) =>
      waiting.rows < rows &&
      waiting.bytes < most.bytes &&
      (oldest === undefined || performance.now() - oldest <= most.ms),
    learn(stored, tookMs) {
      if (tookMs > promptMs) {
        rows = Math.max(Math.min(leastRows, most.rows), Math.min(rows / 2, (stored * promptMs) / tookMs));
      } else if (tookMs < promptMs / 2) rows = Math.min(most.rows, rows * 2);
    },
  };
}
