import { figure, type BenchResult, type Cell } from '../bench.ts';
import { median, ratio, rounded, summarize } from '../stats.ts';
import type { Sent } from './orders.ts';

/** One contestant and what came of it, round by round. */
export interface Measured {
  readonly key: string;
  readonly title: string;
  /** Persistent connections that callbacks come over. */
  readonly connections: number;
  readonly origins: readonly string[];
  readonly pids: readonly number[];
  /** Of its database; null: it has none. */
  readonly postmaster: number | null;
  readonly rounds: Round[];
}

export interface Round extends Sent {
  /** CPU time for each callback, µs: of its own processes, and of its database with all backends. */
  readonly nodeMicros: number;
  readonly databaseMicros: number;
}

/** What is wanted of one receiver beside others, and of the index as it grows. */
const wanted = { express: 1.5, insert: 3.5, filled: 0.8, two: 1 };
const p99WithinMs = 50;

export function reportIngest(
  field: readonly Measured[],
  amounts: { rows: number; rounds: number; forMs: number; few: number; many: number },
): BenchResult {
  const { few, many } = amounts;
  const roundsOf = (key: string, connections: number): readonly Round[] =>
    field.find((one) => one.key === key && one.connections === connections)?.rounds ?? [];
  const of = (key: string, connections: number): number[] => roundsOf(key, connections).map(rateOf);
  const times = (a: string, b: string, connections: number): number =>
    rounded(ratio(of(a, connections), of(b, connections)).ratio);
  const p99 = (connections: number): number => rounded(median(roundsOf('ours', connections).map((round) => round.p99)));
  return {
    notes: [
      `${few} and ${many} persistent connections from a process of its own; signed callbacks, each a new message, nine of ten a text, 60 % of those Chinese. ${amounts.rounds} rounds of ${amounts.forMs / 1_000} s each, the contestants in turns.`,
      'Ours checks the signature and every field, keeps the body, and answers after the commit, with all indexes and the coverage. The one with INSERT writes the same columns into the same table; it checks nothing.',
      `What the sender can do at most is seen at node:http. Sender, contestant and database share the cores; what each takes of them stands in the table.`,
    ],
    figures: [
      ...[many, few].flatMap((connections) => [
        figure(
          `of the rate of Express that stores nothing, ${connections} connections`,
          times('ours', 'express', connections),
          '×',
          { atLeast: wanted.express },
        ),
        figure(
          `of the rate of Express with INSERT, ${connections} connections`,
          times('ours', 'insert', connections),
          '×',
          { atLeast: wanted.insert },
        ),
        figure(
          `of the rate of bare node:http that stores nothing, ${connections} connections`,
          times('ours', 'bare', connections),
          '×',
        ),
        figure(
          `two receivers, of the rate of one, ${connections} connections`,
          times('two', 'ours', connections),
          '×',
          {
            atLeast: wanted.two,
          },
        ),
      ]),
      figure(`p99 of an answer, ${few} connections`, p99(few), 'ms', { atMost: p99WithinMs }),
      figure(`p99 of an answer, ${many} connections`, p99(many), 'ms'),
      figure(
        `with an index of ${amounts.rows.toLocaleString('en')}, of the rate with an empty one`,
        rounded(ratio(of('filled', few), of('ours', few)).ratio),
        '×',
        { atLeast: wanted.filled },
      ),
    ],
    tables: [
      {
        title: 'Callbacks a second',
        chart: { kind: 'bars', labels: [0, 1], values: 2 },
        columns: [
          { title: 'receiver' },
          { title: 'connections' },
          { title: 'median', unit: '1/s' },
          { title: 'spread' },
          { title: 'of ours' },
          { title: 'low' },
          { title: 'high' },
          { title: 'p50', unit: 'ms' },
          { title: 'p99', unit: 'ms' },
          { title: 'CPU of Node', unit: 'µs each' },
          { title: 'CPU of Postgres', unit: 'µs each' },
          { title: 'CPU of the sender', unit: 'µs each' },
        ],
        rows: field.map((measured) => rowOf(measured, of('ours', measured.connections))),
      },
    ],
  };
}

function rowOf({ key, title, connections, rounds, postmaster }: Measured, ours: readonly number[]): readonly Cell[] {
  const { median: middle, spread } = summarize(rounds.map(rateOf));
  const beside = ratio(rounds.map(rateOf), ours);
  const each = (of: (round: Round) => number): number => rounded(median(rounds.map(of)));
  return [
    title,
    connections,
    rounded(middle),
    rounded(spread),
    ...(key === 'ours' ? [1, null, null] : [beside.ratio, beside.low, beside.high].map(rounded)),
    each(({ p50 }) => p50),
    each(({ p99 }) => p99),
    each(({ nodeMicros }) => nodeMicros),
    postmaster === null ? null : each(({ databaseMicros }) => databaseMicros),
    each(({ cpuSeconds, ok }) => (cpuSeconds / ok) * 1e6),
  ];
}

function rateOf({ ok, seconds }: Round): number {
  return ok / seconds;
}
