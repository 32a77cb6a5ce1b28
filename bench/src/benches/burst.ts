import { figure, type Bench, type BenchContext, type BenchResult } from '../bench.ts';
import { appId, path, startPart, token } from '../ingest/contestants.ts';
import type { Sent } from '../ingest/orders.ts';
import { startSender } from '../ingest/sender.ts';
import { residentMib } from '../spent.ts';
import { rounded } from '../stats.ts';

const callbacks = 50_000;
const connections = 500;
/** The platform's time limit. */
const slowestMs = 2_000;
const peakMib = 300;

export const bench: Bench = { name: 'burst', title: 'A burst of callbacks', run };

async function run({ full, log, startDatabase, onEnd }: BenchContext): Promise<BenchResult> {
  const bursts = full ? 10 : 3;
  const database = await startDatabase();
  const sender = await startSender({ appId, bodies: 20_000, seed: 11 }, onEnd);
  const all: (Sent & { readonly idle: number | null; readonly peak: number | null })[] = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    // Each one meets a receiver that has just been started: nothing is compiled, no connection is open.
    const { url, process } = await startPart('webhook', database.url, onEnd);
    const idle = residentMib(process.pid)?.now ?? null;
    const sent = await sender.send({
      origins: [url],
      path,
      token,
      connections,
      warmMs: 0,
      forMs: 0,
      callbacks,
    });
    const memory = residentMib(process.pid);
    await process.stop();
    const peak = memory?.peak ?? null;
    all.push({ ...sent, idle, peak });
    log(`burst ${burst + 1} of ${bursts}: ${sent.ok} taken in ${sent.seconds.toFixed(1)} s, ${sent.other} not`);
  }
  const { rows } = await database.pool.query<{ stored: number }>('select count(*) as stored from messages');
  const worst = (of: (burst: (typeof all)[number]) => number | null): number =>
    Math.max(...all.map((one) => of(one) ?? NaN));
  return {
    notes: [
      `${callbacks.toLocaleString('en')} signed callbacks over ${connections} connections, one at a time on each, as fast as they are answered, to a receiver that has just been started; ${bursts} times. Peak memory is the most that was ever resident (VmHWM).`,
    ],
    figures: [
      figure(
        'callbacks refused or without an answer',
        all.reduce((sum, { other }) => sum + other, 0),
        '',
        { atMost: 0 },
      ),
      figure('answered and not in the index', all.reduce((sum, { ok }) => sum + ok, 0) - Number(rows[0]?.stored), '', {
        atMost: 0,
      }),
      figure('slowest answer', rounded(worst(({ slowest }) => slowest)), 'ms', { atMost: slowestMs }),
      figure('peak memory of the receiver', rounded(worst(({ peak }) => peak)), 'MiB', { atMost: peakMib }),
    ],
    tables: [
      {
        title: 'Bursts',
        columns: [
          { title: 'burst' },
          { title: 'taken', unit: '1/s' },
          { title: 'p50', unit: 'ms' },
          { title: 'p99', unit: 'ms' },
          { title: 'slowest', unit: 'ms' },
          { title: 'memory before', unit: 'MiB' },
          { title: 'peak', unit: 'MiB' },
        ],
        rows: all.map(({ ok, seconds, p50, p99, slowest, idle, peak }, at) => [
          at + 1,
          ...[ok / seconds, p50, p99, slowest].map(rounded),
          ...[idle, peak].map((mib) => (mib === null ? null : rounded(mib))),
        ]),
      },
    ],
  };
}
