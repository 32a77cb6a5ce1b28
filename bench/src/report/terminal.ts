import CliTable from 'cli-table3';
import { machineText } from '../machine.ts';
import type { StoredResult } from '../results.ts';
import { cellText, columnText, figureRow, figureTitles } from './cells.ts';

/** A result for people at a terminal. */
export function printResult(result: StoredResult, print: (text: string) => void): void {
  print(`\n${result.title}${result.full ? '' : ' (reduced run)'}, ${result.seconds} s`);
  print(machineText(result.machine));
  for (const { title, columns, rows } of result.tables) {
    print(`\n${title}`);
    print(
      drawn(
        columns.map(columnText),
        rows.map((row) => row.map(cellText)),
      ),
    );
  }
  if (result.figures.length > 0) print(`\n${drawn(figureTitles, result.figures.map(figureRow))}`);
  for (const note of result.notes) print(`- ${note}`);
}

function drawn(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new CliTable({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
