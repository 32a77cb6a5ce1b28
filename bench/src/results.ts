import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchResult } from './bench.ts';
import type { Machine } from './machine.ts';
import { benchmarksPage } from './report/markdown.ts';

const repository = new URL('../../', import.meta.url);
const folder = new URL('bench/results/', repository);
/** Not checked in. */
const reducedFolder = new URL('reduced/', folder);
const page = new URL('docs/benchmarks.md', repository);

/** What `bench/results/<name>.json` holds. */
export interface StoredResult extends BenchResult {
  readonly name: string;
  readonly title: string;
  readonly full: boolean;
  /** ISO 8601, when it ended. */
  readonly at: string;
  readonly seconds: number;
  readonly machine: Machine;
  /** The share of the cores that others kept busy before the run, 0 to 1. */
  readonly busyBefore: number;
}

/**
 * Writes a result; of a full run also the page of all full runs that are there. A reduced one leaves alone what
 * is published.
 */
export function storeResult(result: StoredResult): void {
  if (!result.full) {
    mkdirSync(reducedFolder, { recursive: true });
    writeFileSync(new URL(`${result.name}.json`, reducedFolder), `${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const file = new URL(`${result.name}.json`, folder);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(page, benchmarksPage(storedResults()));
  const formatter = fileURLToPath(new URL('node_modules/.bin/oxfmt', repository));
  const { status, stderr } = spawnSync(formatter, [fileURLToPath(file), fileURLToPath(page)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`oxfmt: ${stderr}`);
}

function storedResults(): StoredResult[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as StoredResult);
}
