import { readdirSync } from 'node:fs';
import type { Bench } from './bench.ts';

const folder = new URL('benches/', import.meta.url);

/** Those that stand in `benches/`, by name. */
export function benchNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => file.slice(0, -'.js'.length))
    .sort();
}

export async function loadBench(name: string): Promise<Bench> {
  const { bench } = (await import(new URL(`${name}.js`, folder).href)) as { bench: Bench };
  if (bench.name !== name) throw new Error(`benches/${name}.ts names itself ${bench.name}`);
  return bench;
}
