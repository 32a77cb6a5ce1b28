/** Measured values of one thing, in any order; at least one. */
export type Samples = readonly number[];

/**
 * The value below which the share `p` of the samples lies, 0 to 1, interpolated between neighbours.
 *
 * @throws RangeError without samples
 */
export function percentile(samples: Samples, p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('no samples');
  return below + (above - below) * (at - Math.floor(at));
}

export function median(samples: Samples): number {
  return percentile(samples, 0.5);
}

export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
  /** The middle half of the samples lies within this share of the median: 0.1 is ±5 %. */
  readonly spread: number;
}

export function summarize(samples: Samples): Summary {
  const middle = median(samples);
  return {
    n: samples.length,
    median: middle,
    p95: percentile(samples, 0.95),
    p99: percentile(samples, 0.99),
    min: percentile(samples, 0),
    max: percentile(samples, 1),
    spread: middle === 0 ? 0 : (percentile(samples, 0.75) - percentile(samples, 0.25)) / middle,
  };
}

/** How many times `a` is as large as `b`, by medians; `low` and `high` by the quartiles that lie worst. */
export function ratio(a: Samples, b: Samples): { readonly ratio: number; readonly low: number; readonly high: number } {
  return {
    ratio: median(a) / median(b),
    low: percentile(a, 0.25) / percentile(b, 0.75),
    high: percentile(a, 0.75) / percentile(b, 0.25),
  };
}

/** With as many digits as mean something: 1234, 123, 12.3, 1.23, 0.123. */
export function rounded(value: number): number {
  if (Math.abs(value) >= 100 || value === 0) return Math.round(value);
  return Number(value.toPrecision(3));
}

/** How much `y` changes for each 1 of `x`, by least squares; 0 with fewer than two points. */
export function slopeOf(points: readonly { readonly x: number; readonly y: number }[]): number {
  const n = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  if (n < 2 || spread === 0) return 0;
  return points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / spread;
}

/** The straight line (least squares) through values over the logarithm of what they depend on; two points at least. */
export function fitByTens(points: readonly (readonly [size: number, value: number])[]): { at(size: number): number } {
  const logs = points.map(([size, value]) => ({ x: Math.log10(size), y: value }));
  const meanX = logs.reduce((sum, { x }) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, { y }) => sum + y, 0) / logs.length;
  const slope = slopeOf(logs);
  return { at: (size) => meanY + slope * (Math.log10(size) - meanX) };
}
