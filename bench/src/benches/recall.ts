import { setTimeout as delay } from 'node:timers/promises';
import { cancelRecall } from '@chat-recall/shared/recalls';
import { figure, type Bench, type BenchContext, type Figure } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import { createAsker } from '../recall/ask.ts';
import { writtenSoFar } from '../recall/written.ts';
import { startPlatform, type Platform } from '../recall/platform.ts';
import { callsPerSecond, startBackends, startWorkers, type Backend } from '../recall/workers.ts';
import { cpuSeconds, cpuSecondsOfServer } from '../spent.ts';
import { rounded } from '../stats.ts';

const appId = 1_400_000_000;
const dayMs = 86_400_000;
/** From the first call until it is measured: the workers' code is compiled, and their pools are full, ms. */
const warmUpMs = 5_000;
const processCounts = [1, 4, 8];

export const bench: Bench = {
  name: 'recall',
  title: 'Recalling at the full rate',
  async run(context) {
    const { full, log, startDatabase, onEnd } = context;
    const seconds = full ? 60 : 10;
    const database = await startDatabase();
    const backends = await startBackends(context);
    const platform = await startPlatform(appId);
    onEnd('stand-in', () => platform.stop());
    const runs = backends.flatMap((backend) => processCounts.map((processes) => ({ backend, processes })));
    // Each run has messages of its own, a fifth more than it can call.
    const each = Math.ceil((seconds + warmUpMs / 1_000) * callsPerSecond * 10 * 1.2);
    const filled = await fillMessages(database.pool, {
      count: each * runs.length,
      appId,
      days: 2,
      conversations: 200,
      log,
    });
    await platform.fill(filled);
    const spanMs = (2 * dayMs) / runs.length;

    const measured: Measured[] = [];
    for (const [at, { backend, processes }] of runs.entries()) {
      log(`${processes} processes on ${backend.name}, ${seconds} s`);
      const window = { sentFrom: iso(filled.from + at * spanMs), sentTo: iso(filled.from + (at + 1) * spanMs) };
      measured.push(await measure({ ...context, database, platform, backend, processes, seconds, window }));
    }
    return {
      notes: [
        `A recall of everything in a window of time runs at the default of ${callsPerSecond} calls a second; ${seconds} s of it are measured, ${warmUpMs / 1_000} s after its first call.`,
        'Calls are those of the stand-in’s ledger, which is a process of its own. Database, workers, queue and stand-in share the machine.',
        'A call takes up to ten sequences. Answers are RetCode 0: marks and evidence are written.',
      ],
      figures: measured.flatMap(figuresOf),
      tables: [
        {
          title: 'Calls',
          chart: { kind: 'bars', labels: [0, 1], values: 3 },
          columns: [
            { title: 'queue' },
            { title: 'processes' },
            { title: 'calls', unit: '/s' },
            { title: 'share of the rate', unit: '%' },
            { title: 'most in a sliding second' },
            { title: 'sequences', unit: '/s' },
          ],
          rows: measured.map((run) => [
            run.backend,
            run.processes,
            rounded(run.perSecond),
            rounded(run.share * 100),
            run.mostInASecond,
            rounded(run.sequencesPerSecond),
          ]),
        },
        {
          title: 'What a call costs',
          columns: [
            { title: 'queue' },
            { title: 'processes' },
            { title: 'workers, CPU for 1,000 calls', unit: 's' },
            { title: 'Postgres, CPU for 1,000 calls', unit: 's' },
            { title: 'Redis, CPU for 1,000 calls', unit: 's' },
            { title: 'rows written for a call' },
            { title: 'WAL for a call', unit: 'KB' },
          ],
          rows: measured.map((run) => [
            run.backend,
            run.processes,
            rounded(run.workerCpu),
            rounded(run.serverCpu),
            run.redisCpu === null ? null : rounded(run.redisCpu),
            rounded(run.rows),
            rounded(run.walKb),
          ]),
        },
      ],
    };
  },
};

interface Measured {
  readonly backend: Backend['name'];
  readonly processes: number;
  readonly perSecond: number;
  /** Of the configured rate, 0 to 1. */
  readonly share: number;
  readonly mostInASecond: number;
  readonly sequencesPerSecond: number;
  /** CPU seconds for 1,000 calls. */
  readonly workerCpu: number;
  readonly serverCpu: number;
  readonly redisCpu: number | null;
  /** For one call. */
  readonly rows: number;
  readonly walKb: number;
}

interface Run extends BenchContext {
  readonly database: BenchDatabase;
  readonly platform: Platform;
  readonly backend: Backend;
  readonly processes: number;
  readonly seconds: number;
  readonly window: object;
}

async function measure(run: Run): Promise<Measured> {
  const { database, platform, backend, processes, seconds, window, log } = run;
  const { db, url: databaseUrl, pool, pid } = database;
  const workers = await startWorkers(processes, { databaseUrl, platform, backend, log });
  const asker = createAsker({ db, databaseUrl, appId, backend });
  try {
    const began = Date.now();
    const id = await asker.ask({ selector: window });
    await firstCall(platform, began);
    await delay(warmUpMs);
    const before = await spent();
    const from = Date.now();
    await delay(seconds * 1_000);
    const to = Date.now();
    const after = await spent();
    await cancelRecall(db, id);
    const all = await platform.calls(began);
    const calls = all.filter(({ at }) => at >= from && at < to);
    const thousands = calls.length / 1_000;
    const perSecond = (calls.length * 1_000) / (to - from);
    return {
      backend: backend.name,
      processes,
      perSecond,
      share: perSecond / callsPerSecond,
      mostInASecond: mostInASecond(all.map(({ at }) => at)),
      sequencesPerSecond: (calls.reduce((sum, call) => sum + call.sequences.length, 0) * 1_000) / (to - from),
      workerCpu: (after.workers - before.workers) / thousands,
      serverCpu: (after.server - before.server) / thousands,
      redisCpu: after.redis === null || before.redis === null ? null : (after.redis - before.redis) / thousands,
      rows: (after.written.rows - before.written.rows) / calls.length,
      walKb: (after.written.walBytes - before.written.walBytes) / 1_024 / calls.length,
    };
  } finally {
    await asker.close();
    await workers.stop();
  }

  async function spent() {
    return {
      written: await writtenSoFar(pool),
      workers: cpuSeconds(workers.pids) ?? NaN,
      server: cpuSecondsOfServer(pid) ?? NaN,
      redis: backend.redisPid === null ? null : cpuSeconds([backend.redisPid]),
    };
  }
}

async function firstCall(platform: Platform, since: number): Promise<void> {
  while ((await platform.calls(since)).length === 0) await delay(50);
}

/** @param arrivals Unix milliseconds, in order */
function mostInASecond(arrivals: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? at) >= 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function figuresOf({ backend, processes, share, mostInASecond: most }: Measured): Figure[] {
  const where = `${processes} ${processes === 1 ? 'process' : 'processes'} on ${backend}`;
  return [
    figure(`share of the rate, ${where}`, rounded(share * 100), '%', { atLeast: 98 }),
    figure(`most calls in a sliding second, ${where}`, most, '', { atMost: 200 }),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
