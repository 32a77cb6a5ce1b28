import { setTimeout as pause } from 'node:timers/promises';
import { maintainPartitions } from '@chat-recall/shared/messages';
import { figure, type Bench, type BenchContext, type BenchResult } from '../bench.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import { appId, path, startPart, token } from '../ingest/contestants.ts';
import type { Sent } from '../ingest/orders.ts';
import { startSender } from '../ingest/sender.ts';
import { ratio, rounded, summarize } from '../stats.ts';

const connections = 64;
const warmMs = 300;
const forMs = 2_000;
const days = 30;

export const bench: Bench = { name: 'retention', title: 'Dropping a day while callbacks come', run };

async function run(context: BenchContext): Promise<BenchResult> {
  const { full, log, onEnd } = context;
  const rows = full ? 5_000_000 : 300_000;
  const rounds = full ? 15 : 5;
  const database = await context.startDatabase();
  await fillMessages(database.pool, { count: rows, appId, days, log });
  const sender = await startSender({ appId, bodies: 20_000, seed: 7 }, onEnd);
  const receiver = await startPart('webhook', database.url, onEnd);
  const send = (): Promise<Sent> =>
    sender.send({ origins: [receiver.url], path, token, connections, warmMs, forMs, callbacks: null });

  const before: Sent[] = [];
  const during: Sent[] = [];
  const took: number[] = [];
  // The first round compiles what a process that has run for a minute has compiled.
  await send();
  for (let round = 0; round < rounds; round += 1) {
    before.push(await send());
    const sending = send();
    await pause(warmMs + forMs / 4);
    const began = performance.now();
    const { dropped } = await maintainPartitions(database.db, [{ appId, days: days - 2 - round }]);
    took.push(performance.now() - began);
    during.push(await sending);
    log(`round ${round + 1} of ${rounds}: dropped ${dropped.join(', ')} in ${Math.round(took.at(-1) ?? 0)} ms`);
  }
  const p99 = ratio(
    during.map((sent) => sent.p99),
    before.map((sent) => sent.p99),
  );
  const rate = ratio(during.map(rateOf), before.map(rateOf));
  const refused = [...before, ...during].reduce((sum, { other }) => sum + other, 0);
  const row = (title: string, sent: readonly Sent[]): (string | number)[] => [
    title,
    ...[
      summarize(sent.map(rateOf)).median,
      summarize(sent.map(({ p50 }) => p50)).median,
      summarize(sent.map((one) => one.p99)).median,
      summarize(sent.map((one) => one.p99)).spread,
      Math.max(...sent.map(({ slowest }) => slowest)),
    ].map(rounded),
  ];
  return {
    notes: [
      `${rows.toLocaleString('en')} indexed messages of ${days} days; ${rounds} days dropped, each while ${connections} connections send as fast as they are answered for ${forMs / 1_000} s, in turns with as long without a drop.`,
    ],
    figures: [
      figure('p99 while a day is dropped, against before', rounded(p99.ratio), '×', { atMost: 1.2 }),
      figure('callbacks a second while a day is dropped, against before', rounded(rate.ratio), '×'),
      figure('dropping a day, median', rounded(summarize(took).median), 'ms'),
      figure('callbacks not answered with 200', refused, '', { atMost: 0 }),
    ],
    tables: [
      {
        title: 'Ingest',
        chart: { kind: 'bars', labels: [0], values: 3 },
        columns: [
          { title: '' },
          { title: 'callbacks', unit: '1/s' },
          { title: 'p50', unit: 'ms' },
          { title: 'p99', unit: 'ms' },
          { title: 'spread of p99' },
          { title: 'slowest', unit: 'ms' },
        ],
        rows: [row('before', before), row('while a day is dropped', during)],
      },
    ],
  };
}

function rateOf({ ok, seconds }: Sent): number {
  return ok / seconds;
}
