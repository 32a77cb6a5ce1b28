import type { BenchDatabase } from './database.ts';

/** One benchmark: `bench` of a module in `benches/`, which has its name. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  /** Also when reduced: it is not among all of them then, only run by its name. */
  readonly takesMinutes?: true;
  run(context: BenchContext): Promise<BenchResult>;
}

export interface BenchContext {
  /** The run that is published; else a reduced one, of about a minute. */
  readonly full: boolean;
  /** Progress, on stderr. */
  log(line: string): void;
  /** A database as `npm start` has it, empty; gone after the run. */
  startDatabase(): Promise<BenchDatabase>;
  /** Has this done when the run ends, however it ends; the last one first. */
  onEnd(name: string, dispose: () => Promise<unknown>): void;
}

export interface BenchResult {
  /** What one must know to read the figures: method, amounts, what was left out. */
  readonly notes: readonly string[];
  readonly figures: readonly Figure[];
  readonly tables: readonly Table[];
}

/** A number that the product is judged by. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: Target | null;
  /** null: it has no target. */
  readonly reached: boolean | null;
}

export type Target = { readonly atMost: number } | { readonly atLeast: number };

export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Drawn above the table; default none. */
  readonly chart?: Chart;
}

/** Columns of a table as a picture: lines for what grows, bars for what is compared. */
export interface Chart {
  readonly kind: 'bars' | 'line';
  /** Positions of the columns that name a point. */
  readonly labels: readonly number[];
  /** Position of the column with the values; rows without one are left out. */
  readonly values: number;
}

export interface Column {
  readonly title: string;
  readonly unit?: string;
}

export type Cell = string | number | null;

export function figure(name: string, value: number, unit: string, target: Target | null = null): Figure {
  return { name, value, unit, target, reached: target === null ? null : isReached(value, target) };
}

function isReached(value: number, target: Target): boolean {
  return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}
