/** Sequences from `from` to `to`, both inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Sorted numbers, perhaps repeated, as ranges. */
export function rangesOf(seqs: readonly number[]): Range[] {
  const ranges: { from: number; to: number }[] = [];
  for (const seq of [...seqs].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && seq <= last.to + 1) last.to = Math.max(last.to, seq);
    else ranges.push({ from: seq, to: seq });
  }
  return ranges;
}

/** PostgreSQL's way to write an `int8multirange`. */
export function toMultirange(ranges: readonly Range[]): string {
  return `{${ranges.map(({ from, to }) => `[${from},${to}]`).join(',')}}`;
}

/** Reads what PostgreSQL prints for an `int8multirange`: canonical, `[from,to)`, ascending. */
export function parseMultirange(text: string): Range[] {
  return [...text.matchAll(/\[(-?\d+),(-?\d+)\)/gu)].map(([, from, to]) => ({
    from: Number(from),
    to: Number(to) - 1,
  }));
}

export function countIn(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
