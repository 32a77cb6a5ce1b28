import type { Pool } from '../db/index.ts';
import { startLoop, type Loop } from '../lifecycle/index.ts';

/** How often new pieces are merged into the keyword index, ms. */
const everyMs = 250;
const dayMs = 86_400_000;

/**
 * Setting of the connections that insert where pieces are merged beside: the list may grow meanwhile, and only
 * beyond 16 MB, some seconds of the highest rate, is an insert held up by merging it.
 */
export const mergedBeside = { gin_pending_list_limit: '16MB' } as const;

/** Merges new pieces into the keyword index while inserts go on. */
export interface PieceMerger {
  /** @param msgTime of a message that was inserted, Unix milliseconds */
  note(msgTime: number): void;
  /** Merges four times a second. */
  readonly loop: Loop;
}

/** @param onError told when merging failed; what was not merged is by the next one, or by an autovacuum */
export function createPieceMerger(pool: Pool, onError: (error: unknown) => void): PieceMerger {
  let days = new Set<number>();

  async function merge(): Promise<void> {
    if (days.size === 0) return;
    const taken = [...days];
    days = new Set();
    await pool.query({ name: 'merge_pieces', text: 'select merge_pieces($1::integer[])', values: [taken] });
  }

  return {
    note: (msgTime) => void days.add(Math.floor(msgTime / dayMs)),
    loop: startLoop(everyMs, merge, onError),
  };
}
