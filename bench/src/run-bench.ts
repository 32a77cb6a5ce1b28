import { createDisposals } from '@chat-recall/shared/lifecycle';
import type { Bench } from './bench.ts';
import { busyShare } from './busy.ts';
import { startBenchDatabase } from './database.ts';
import { thisMachine } from './machine.ts';
import type { StoredResult } from './results.ts';

/** Runs one benchmark and ends all that it started. */
export async function runBench(bench: Bench, full: boolean, log: (line: string) => void): Promise<StoredResult> {
  const busyBefore = Math.round((await busyShare()) * 100) / 100;
  if (busyBefore > 0.2) log(`others keep ${busyBefore * 100} % of this machine busy: the figures will be worse for it`);
  const began = performance.now();
  const disposals = createDisposals((name) => log(`stopping ${name} failed`));
  let postgres: string | null = null;
  try {
    const result = await bench.run({
      full,
      log,
      async startDatabase() {
        const database = await startBenchDatabase();
        disposals.add('database', () => database.stop());
        postgres = database.version;
        return database;
      },
      onEnd: (name, dispose) =>
        disposals.add(name, async () => {
          await dispose();
        }),
    });
    return {
      name: bench.name,
      title: bench.title,
      full,
      at: new Date().toISOString(),
      seconds: Math.round((performance.now() - began) / 1_000),
      machine: thisMachine(postgres),
      busyBefore,
      ...result,
    };
  } finally {
    await disposals.run();
  }
}
