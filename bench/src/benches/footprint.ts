import { setTimeout as delay } from 'node:timers/promises';
import { figure, type Bench, type BenchContext, type BenchResult } from '../bench.ts';
import { appId, startPart, type Part } from '../ingest/contestants.ts';
import { fillDay, sizesOfDay, type DaySizes } from '../ingest/fill-day.ts';
import { residentMib } from '../spent.ts';
import { median, rounded } from '../stats.ts';

const textLength = 40;
const parts: readonly Part[] = ['webhook', 'worker', 'console'];
const wanted = { withBody: 700, withoutBody: 500, idleMib: 120, readyMs: 1_500 };

export const bench: Bench = { name: 'footprint', title: 'Disk, memory and start', run };

async function run({ full, log, startDatabase, onEnd }: BenchContext): Promise<BenchResult> {
  const messages = full ? 1_000_000 : 100_000;
  const starts = full ? 15 : 5;
  const idleMs = full ? 30_000 : 3_000;
  const database = await startDatabase();
  const withBody = await measureDay(true, 0);
  const withoutBody = await measureDay(false, 1);

  async function measureDay(keepRaw: boolean, daysAgo: number): Promise<DaySizes> {
    await fillDay(database.pool, { appId, messages, textLength, keepRaw, daysAgo });
    const sizes = await sizesOfDay(database.pool, daysAgo);
    log(
      `${messages} messages ${keepRaw ? 'with' : 'without'} their bodies: ${Math.round(sizes.total / messages)} bytes each`,
    );
    return sizes;
  }

  const readyMs = new Map<Part, number[]>(parts.map((part) => [part, []]));
  for (let start = 0; start < starts; start += 1) {
    for (const part of parts) {
      const { process, readyMs: took } = await startPart(part, database.url, onEnd);
      readyMs.get(part)?.push(took);
      await process.stop();
    }
  }
  const running = await Promise.all(parts.map((part) => startPart(part, database.url, onEnd)));
  await delay(idleMs);
  const idle = running.map(({ process }) => residentMib(process.pid)?.now ?? NaN);

  const each = (bytes: number): number => rounded(bytes / messages);
  const indexNames = Object.keys(withBody.indexes);
  return {
    notes: [
      `${messages.toLocaleString('en')} messages of ${textLength} characters, 60 % Chinese, one day of a partition each, inserted in batches of 40 as the receiver does, then vacuumed. Bytes are those of the files.`,
      `Processes were started ${starts} times one after another on a database that holds these messages, and stood idle for ${idleMs / 1_000} s; queues in Postgres.`,
    ],
    figures: [
      figure('bytes per message, with the body', each(withBody.total), 'B', { atMost: wanted.withBody }),
      figure('bytes per message, without the body', each(withoutBody.total), 'B', { atMost: wanted.withoutBody }),
      figure('share of the indexes, with the body', rounded(1 - withBody.table / withBody.total), ''),
      ...parts.map((part, at) => figure(`${part}, idle`, rounded(idle[at] ?? NaN), 'MiB', { atMost: wanted.idleMib })),
      ...parts.map((part) =>
        figure(`${part}, start to ready`, rounded(median(readyMs.get(part) ?? [])), 'ms', { atMost: wanted.readyMs }),
      ),
    ],
    tables: [
      {
        title: 'Bytes of one message',
        chart: { kind: 'bars', labels: [0], values: 1 },
        columns: [{ title: 'part' }, { title: 'with the body', unit: 'B' }, { title: 'without', unit: 'B' }],
        rows: [
          ['rows', each(withBody.table), each(withoutBody.table)],
          ...indexNames.map((name) => [
            name,
            each(withBody.indexes[name] ?? NaN),
            each(withoutBody.indexes[name] ?? NaN),
          ]),
          ['all', each(withBody.total), each(withoutBody.total)],
        ],
      },
    ],
  };
}
