import { describe, expect, test } from '@jest/globals';
import { figure } from '../src/bench.ts';
import { benchmarksPage } from '../src/report/markdown.ts';
import { fitByTens, median, percentile, ratio, rounded, summarize } from '../src/stats.ts';

describe('figures of samples', () => {
  test('percentiles lie between neighbours, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(percentile([10, 0], 0.95)).toBeCloseTo(9.5);
    expect([percentile([7], 0), percentile([7], 1)]).toEqual([7, 7]);
    expect(() => median([])).toThrow(RangeError);
  });

  test('the spread is the middle half by the median', () => {
    const samples = Array.from({ length: 101 }, (_, n) => 100 + n);
    expect(summarize(samples)).toMatchObject({ n: 101, median: 150, min: 100, max: 200, spread: 50 / 150 });
  });

  test('a ratio comes with the quartiles that lie worst', () => {
    expect(ratio([20, 20, 20], [10, 10, 10])).toEqual({ ratio: 2, low: 2, high: 2 });
    const { low, high } = ratio([10, 20, 30], [5, 10, 15]);
    expect([low, high]).toEqual([15 / 12.5, 25 / 7.5]);
  });

  test.each([
    [1_234.56, 1_235],
    [99.96, 100],
    [12.345, 12.3],
    [0.012345, 0.0123],
    [0, 0],
  ])('%p is rounded to %p', (value, to) => expect(rounded(value)).toBe(to));

  test('a figure knows whether it reached its target', () => {
    expect(figure('a', 300, 'ms', { atMost: 300 }).reached).toBe(true);
    expect(figure('a', 299, '/s', { atLeast: 300 }).reached).toBe(false);
    expect(figure('a', 299, '/s').reached).toBeNull();
  });
});

test('the page has targets, then each benchmark; what a cell holds breaks no table', () => {
  const page = benchmarksPage([
    {
      name: 'one',
      title: 'One',
      full: false,
      at: '2026-01-02T03:04:05.000Z',
      seconds: 1,
      machine: { cpu: 'CPU', cores: 2, memoryGib: 8, node: '20.19.0', postgres: null, os: 'Linux' },
      busyBefore: 0.1,
      notes: ['a note'],
      figures: [figure('f', 1_500, 'ms', { atMost: 300 })],
      tables: [{ title: 'T', columns: [{ title: 'a', unit: 'ms' }], rows: [['x|y'], [null]] }],
    },
  ]);
  expect(page).toContain('| one | f | 1,500 ms | ≤ 300 | no |');
  expect(page).toContain('2026-01-02, **reduced run**. CPU, 2 cores · 8 GiB of memory · Linux · Node 20.19.0.');
  expect(page).toContain('### T\n\n| a (ms) |\n| --- |\n| x\\|y |\n| – |');
});

test('draws a line on through powers of ten', () => {
  const line = fitByTens([
    [100, 1],
    [10_000, 3],
    [1_000, 2],
  ]);
  expect(line.at(100_000_000)).toBeCloseTo(7);
});
