import type { Chart, Table } from '../bench.ts';
import { cellText, columnText } from './cells.ts';

/** Longer labels run into each other. */
const longestLabel = 32;

/** A block of Mermaid, which is drawn where the page is read on the web, and can be read as text elsewhere. */
export function chartText({ columns, rows }: Table, { kind, labels, values }: Chart): string {
  const points = rows.flatMap((row) => {
    const value = row[values];
    return typeof value === 'number' && Number.isFinite(value)
      ? [{ label: labelOf(labels.map((at) => cellText(row[at] ?? null)).join(', ')), value }]
      : [];
  });
  const column = columns[values];
  return [
    '```mermaid',
    `xychart-beta${kind === 'bars' ? ' horizontal' : ''}`,
    `  x-axis [${points.map(({ label }) => JSON.stringify(label)).join(', ')}]`,
    `  y-axis ${JSON.stringify(column === undefined ? '' : columnText(column))} 0 --> ${top(points.map(({ value }) => value))}`,
    `  ${kind === 'bars' ? 'bar' : 'line'} [${points.map(({ value }) => value).join(', ')}]`,
    '```',
  ].join('\n');
}

function labelOf(name: string): string {
  const text = name.replaceAll('"', "'");
  return text.length <= longestLabel ? text : `${text.slice(0, longestLabel - 1)}…`;
}

/** The end of the axis: a tenth above the largest value. */
function top(values: readonly number[]): number {
  return Number((Math.max(0, ...values) * 1.1 || 1).toPrecision(2));
}
