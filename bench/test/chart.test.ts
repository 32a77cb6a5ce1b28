import { expect, test } from '@jest/globals';
import { chartText } from '../src/report/chart.ts';

const table = {
  title: 'Rates',
  columns: [{ title: 'who' }, { title: 'median', unit: '1/s' }],
  rows: [
    ['ours', 12_000],
    ['"quoted" and longer than there is room for beside a bar', 8_000],
    ['no value', null],
  ],
};

test('draws two columns of a table, and leaves out what has no value', () => {
  expect(chartText(table, { kind: 'bars', labels: [0], values: 1 })).toBe(
    [
      '```mermaid',
      'xychart-beta horizontal',
      `  x-axis ["ours", "'quoted' and longer than there …"]`,
      '  y-axis "median (1/s)" 0 --> 13000',
      '  bar [12000, 8000]',
      '```',
    ].join('\n'),
  );
});

test('draws a line for what grows', () => {
  expect(chartText(table, { kind: 'line', labels: [0], values: 1 })).toContain('  line [12000, 8000]');
});
