import { createHmac, createSecretKey } from 'node:crypto';

/** Keyed hashes of pieces (see pieces.ts): distinct and ascending, so that nothing tells how they stood in the text. */
export type HashPieces = (pieces: readonly number[]) => number[];

/**
 * HMAC-SHA-256 of each two-character piece under the key, the first 32 bits. Without the key a hash cannot be
 * turned back; which hashes are frequent can still be seen, since equal pieces have equal hashes. One hash
 * takes 3 µs, so that those of between `capacity` / 2 and `capacity` pieces are remembered (32 bytes each):
 * two generations, of which the older one is forgotten whenever the younger one is full.
 */
export function createPieceHasher(secret: string, capacity = 400_000): HashPieces {
  const key = createSecretKey(Buffer.from(secret, 'utf8'));
  const bytes = Buffer.alloc(4);
  let young = new Map<number, number>();
  let old = new Map<number, number>();

  function hashOf(piece: number): number {
    const known = young.get(piece);
    if (known !== undefined) return known;
    let hash = old.get(piece);
    if (hash === undefined) {
      bytes.writeInt32BE(piece);
      hash = createHmac('sha256', key).update(bytes).digest().readInt32BE(0);
    }
    if (young.size >= capacity / 2) {
      old = young;
      young = new Map();
    }
    young.set(piece, hash);
    return hash;
  }

  return (pieces) => [...new Set(pieces.map(hashOf))].sort((a, b) => a - b);
}
