import { expect, test } from '@jest/globals';
import { slopeOf } from '../src/stats.ts';

const points = (ys: readonly number[]) => ys.map((y, x) => ({ x, y }));

test.each([
  [[1, 3, 5, 7], 2],
  [[5, 5, 5], 0],
  [[4, 0, 4, 0], -0.8],
  [[7], 0],
  [[], 0],
])('%j grows by %d', (ys, slope) => {
  expect(slopeOf(points(ys))).toBeCloseTo(slope, 10);
});
