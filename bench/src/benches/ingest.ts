import type { Bench, BenchContext, BenchResult } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import { appId, path, startOpponent, startPart, token, type Contestant } from '../ingest/contestants.ts';
import type { Sent } from '../ingest/orders.ts';
import { reportIngest, type Measured, type Round } from '../ingest/report.ts';
import { startSender, type Sender } from '../ingest/sender.ts';
import { cpuSeconds, cpuSecondsOfServer } from '../spent.ts';

/** What answers within a time are judged by, and what a busy app sends with: the platform waits for each answer. */
const few = 64;
const many = 256;
const warmMs = 300;

export const bench: Bench = { name: 'ingest', title: 'Durable callbacks a second', run };

async function run(context: BenchContext): Promise<BenchResult> {
  const { full, log, onEnd } = context;
  const rows = full ? 10_000_000 : 300_000;
  const rounds = full ? 9 : 3;
  const forMs = full ? 4_000 : 1_500;
  const empty = await context.startDatabase();
  const filled = await context.startDatabase();
  await fillMessages(filled.pool, { count: rows, appId, log });
  const sender = await startSender({ appId, bodies: 20_000, seed: 7 }, onEnd);
  const receiver = await startPart('webhook', empty.url, onEnd);
  const contestants = [
    contestant('bare', 'node:http, parses and answers, stores nothing', [await startOpponent('bare', [], onEnd)]),
    contestant('ours', 'chat-recall', [receiver], empty),
    contestant('express', 'Express 5, express.json(), stores nothing', [
      await startOpponent('express-json', [], onEnd),
    ]),
    contestant('two', 'chat-recall, two receivers', [receiver, await startPart('webhook', empty.url, onEnd)], empty),
    contestant(
      'insert',
      'Express 5, express.json(), one INSERT for each callback',
      [await startOpponent('express-insert', [empty.url], onEnd)],
      empty,
    ),
    contestant(
      'filled',
      `chat-recall, index of ${rows.toLocaleString('en')}`,
      [await startPart('webhook', filled.url, onEnd)],
      filled,
    ),
  ];
  const field: Measured[] = [few, many].flatMap((connections) =>
    contestants
      .filter(({ key }) => connections === few || key !== 'filled')
      .map((one) => ({ ...one, connections, rounds: [] })),
  );
  // The first round compiles what a process that has run for a minute has compiled.
  for (let round = -1; round < rounds; round += 1) {
    for (const measured of field) {
      const result = await once(sender, measured, forMs);
      if (result.other > 0) throw new Error(`${measured.title}: ${result.other} callbacks were not answered with 200`);
      if (round >= 0) measured.rounds.push(result);
    }
    log(
      `round ${round + 1} of ${rounds}: ${field.map((of) => `${of.key} (${of.connections}) ${rateOf(of.rounds.at(-1))}`).join(', ')}`,
    );
  }
  return reportIngest(field, { rows, rounds, forMs, few, many });
}

function contestant(
  key: string,
  title: string,
  all: readonly Contestant[],
  database?: BenchDatabase,
): Omit<Measured, 'connections' | 'rounds'> {
  return {
    key,
    title,
    origins: all.map(({ url }) => url),
    pids: all.map(({ process }) => process.pid),
    postmaster: database?.pid ?? null,
  };
}

async function once(
  sender: Sender,
  { origins, pids, postmaster, connections }: Measured,
  forMs: number,
): Promise<Round> {
  const before = spent(pids, postmaster);
  const sent: Sent = await sender.send({ origins, path, token, connections, warmMs, forMs, callbacks: null });
  const after = spent(pids, postmaster);
  // CPU time is that of the warming up as well, which is as busy.
  const all = sent.ok * ((forMs + warmMs) / forMs);
  return {
    ...sent,
    nodeMicros: ((after.node - before.node) / all) * 1e6,
    databaseMicros: ((after.database - before.database) / all) * 1e6,
  };
}

function spent(pids: readonly number[], postmaster: number | null): { node: number; database: number } {
  return {
    node: cpuSeconds(pids) ?? NaN,
    database: postmaster === null ? 0 : (cpuSecondsOfServer(postmaster) ?? NaN),
  };
}

function rateOf(round: Round | undefined): string {
  return round === undefined ? '-' : `${Math.round(round.ok / round.seconds)}/s`;
}
