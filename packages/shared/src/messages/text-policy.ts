import type { Config } from '../config/index.ts';
import { createPieceHasher, type HashPieces } from './hash-pieces.ts';

/**
 * What of a message's text goes into the index: all of it, keyed hashes of its two-character pieces, or
 * nothing. Rows of all three may stand side by side, since the setting may change.
 */
export interface TextPolicy {
  readonly mode: 'full' | 'pieces' | 'none';
  /** How keywords find what is kept as pieces; null: there is no key, and nothing does. */
  readonly hash: HashPieces | null;
}

/** Everything is kept, as it is unless configured otherwise. */
export const fullText: TextPolicy = { mode: 'full', hash: null };

/** The key also counts in the other modes: what was kept as pieces before is still found with it. */
export function createTextPolicy(config: Config<'INDEX_TEXT' | 'INDEX_TEXT_KEY'>): TextPolicy {
  const { INDEX_TEXT: mode, INDEX_TEXT_KEY: key } = config;
  return { mode, hash: key === undefined ? null : createPieceHasher(key) };
}
