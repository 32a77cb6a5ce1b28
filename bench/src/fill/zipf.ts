import type { Random } from '@chat-recall/simulator';

/** Draws per table: the rarest rank of a large table comes at least about once in so many. */
const slots = 1 << 16;

/**
 * Draws ranks 0 to n − 1, each with a chance in proportion to 1 / (rank + 1) ^ exponent: words,
 * senders and groups are distributed about so. By a table, for it is drawn a hundred million times.
 */
export function zipf(random: Random, n: number, exponent = 1): () => number {
  const weights = Float64Array.from({ length: n }, (_, rank) => 1 / (rank + 1) ** exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const cumulative = new Float64Array(n);
  let sum = 0;
  for (let rank = 0; rank < n; rank += 1) cumulative[rank] = sum += (weights[rank] ?? 0) / total;
  // Where the search for a number in [slot / slots, (slot + 1) / slots) begins.
  const starts = new Uint32Array(slots);
  for (let slot = 0, rank = 0; slot < slots; slot += 1) {
    while (rank < n - 1 && (cumulative[rank] ?? 1) < slot / slots) rank += 1;
    starts[slot] = rank;
  }
  return () => {
    const at = random();
    let rank = starts[Math.floor(at * slots)] ?? 0;
    while (rank < n - 1 && (cumulative[rank] ?? 1) < at) rank += 1;
    return rank;
  };
}
