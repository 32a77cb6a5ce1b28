import type { Cell, Column, Figure } from '../bench.ts';

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });

export function cellText(cell: Cell): string {
  return cell === null ? '–' : typeof cell === 'number' ? numbers.format(cell) : cell;
}

export function columnText({ title, unit }: Column): string {
  return unit === undefined ? title : `${title} (${unit})`;
}

export const figureTitles = ['figure', 'value', 'target', 'reached'] as const;

export function figureRow({ name, value, unit, target, reached }: Figure): string[] {
  const wanted =
    target === null
      ? '–'
      : 'atMost' in target
        ? `≤ ${numbers.format(target.atMost)}`
        : `≥ ${numbers.format(target.atLeast)}`;
  return [name, `${numbers.format(value)} ${unit}`.trim(), wanted, reached === null ? '–' : reached ? 'yes' : 'no'];
}
