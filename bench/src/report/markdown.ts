import type { Cell } from '../bench.ts';
import { machineText } from '../machine.ts';
import type { StoredResult } from '../results.ts';
import { chartText } from './chart.ts';
import { cellText, columnText, figureRow, figureTitles } from './cells.ts';

const head = `# Benchmarks

Made by \`npm run bench\` from \`bench/results\`; do not edit. \`npm run bench NAME -- --full\` measures one of them again,
and [bench/README.md](../bench/README.md) says how they are made. Database, product and load share one machine: read
absolute figures as ±30 %, ratios as firm.
`;

/** \`docs/benchmarks.md\`: what is judged by a target at the top, then each benchmark. */
export function benchmarksPage(results: readonly StoredResult[]): string {
  const judged = results.flatMap(({ name, figures }) =>
    figures.filter(({ target }) => target !== null).map((figure) => [name, ...figureRow(figure)]),
  );
  const targets = judged.length === 0 ? [] : ['## Targets', drawn(['benchmark', ...figureTitles], judged)];
  return [head, ...targets, ...results.flatMap(section)].join('\n\n');
}

function section({ name, title, at, full, machine, busyBefore, figures, tables, notes }: StoredResult): string[] {
  return [
    `## ${title}`,
    `\`npm run bench ${name}${full ? ' -- --full' : ''}\`, ${at.slice(0, 10)}${full ? '' : ', **reduced run**'}. ${machineText(machine)}${busyBefore > 0.2 ? `, **${busyBefore * 100} % busy with other things**` : ''}.`,
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join('\n')]),
    ...(figures.length === 0 ? [] : [drawn(figureTitles, figures.map(figureRow))]),
    ...tables.flatMap((table) => [
      `### ${table.title}`,
      ...(table.chart === undefined ? [] : [chartText(table, table.chart)]),
      drawn(table.columns.map(columnText), table.rows),
    ]),
  ];
}

function drawn(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string =>
    `| ${cells.map((cell) => cellText(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
