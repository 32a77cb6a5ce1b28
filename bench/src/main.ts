import { parseArgs } from 'node:util';
import type { Bench } from './bench.ts';
import { benchNames, loadBench } from './benches.ts';
import { printResult } from './report/terminal.ts';
import { storeResult } from './results.ts';
import { runBench } from './run-bench.ts';

const usage = `npm run bench [NAME …] [-- --full]

  NAME …   ${benchNames().join(', ')}; without one, all of them
           (reduced, without those that take minutes all the same)
  --full   the amounts that docs/benchmarks.md is about, instead of reduced ones
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { full: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !benchNames().includes(name));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `no benchmark is called ${unknown.join(', ')}\n\n${usage}` : usage);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  for (const name of positionals.length > 0 ? positionals : benchNames()) {
    const bench = await loadBench(name);
    if (positionals.length > 0 || values.full || bench.takesMinutes !== true) await measure(bench);
  }
}

async function measure(bench: Bench): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${bench.name}: ${line}\n`);
  const result = await runBench(bench, values.full, log);
  printResult(result, (text) => process.stdout.write(`${text}\n`));
  storeResult(result);
}
