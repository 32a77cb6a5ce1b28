import { likeContains, pieces } from '@chat-recall/shared/messages';
import { figure, type Bench } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import {
  appId,
  countUpTo,
  firstPage,
  mostCounted,
  pageRows,
  plantedIn,
  rareWord,
  searchKinds,
  type SearchKind,
  type Wanted,
} from '../search/kinds.ts';
import { ratio, rounded, summarize, type Summary } from '../stats.ts';

const days = 30;
/** Hits of a keyword that counts as rare. */
const rareHits = 1_000;
export const bench: Bench = {
  name: 'search',
  title: 'Searching the index',
  async run({ full, log, startDatabase }) {
    const count = full ? 10_000_000 : 300_000;
    const times = full ? 40 : 20;
    const database = await startDatabase();
    const { pool } = database;
    const filled = await fillMessages(pool, { count, appId, days, planted: plantedIn(count), log });
    log('building the index to compare with');
    await makeTrigrams(database);

    const kinds = searchKinds(filled);
    const measured: Measured[] = [];
    for (const kind of kinds) {
      log(kind.name);
      measured.push(await measure(database, kind, times));
    }
    const [bySender, rare, ...common] = measured;
    if (bySender === undefined || rare === undefined) throw new Error('nothing measured');
    const rareRatio = rare.times;
    return {
      notes: [
        `${count} messages of ${days} days, 60 % Chinese; the first page of ${pageRows}, newest first, over all days; ${times} times each, after one that is not counted.`,
        'The alternative, in turns with ours: ILIKE on a copy of the texts in one table with a GIN index of pg_trgm, one on sender and time, and one on time. Trigrams need three characters; Postgres may read all texts, or go back in time, instead.',
        `Counts are exact up to ${mostCounted}, and told as "at least" beyond.`,
        `Rare words are in ${await hitsOf(database, rareWord)} messages each or about so many.`,
      ],
      figures: [
        figure('one sender, p95', rounded(bySender.ours.p95), 'ms', { atMost: 10 }),
        figure(`Chinese word of two characters with at most ${rareHits} hits, p95`, rounded(rare.ours.p95), 'ms', {
          atMost: 50,
        }),
        figure('the same, times as fast as ILIKE with pg_trgm', rounded(rareRatio.ratio), '', { atLeast: 50 }),
        ...common.map(({ kind, ours }) => figure(`${kind}, p95`, rounded(ours.p95), 'ms', { atMost: 500 })),
        figure('count, slowest p95', rounded(Math.max(...measured.map(({ counts }) => counts.p95))), 'ms', {
          atMost: 1_000,
        }),
      ],
      tables: [
        {
          title: 'The first page',
          chart: { kind: 'bars', labels: [0], values: 5 },
          columns: [
            { title: 'what' },
            { title: 'p50', unit: 'ms' },
            { title: 'p95', unit: 'ms' },
            { title: 'pg_trgm, p50', unit: 'ms' },
            { title: 'pg_trgm, p95', unit: 'ms' },
            { title: 'times as fast' },
            { title: 'from' },
            { title: 'to' },
          ],
          rows: measured.map(({ kind, ours, theirs, times: by }) => [
            kind,
            rounded(ours.median),
            rounded(ours.p95),
            rounded(theirs.median),
            rounded(theirs.p95),
            rounded(by.ratio),
            rounded(by.low),
            rounded(by.high),
          ]),
        },
        {
          title: 'How many there are',
          columns: [
            { title: 'what' },
            { title: 'counted' },
            { title: 'p50', unit: 'ms' },
            { title: 'p95', unit: 'ms' },
          ],
          rows: measured.map(({ kind, counts, counted }) => [
            kind,
            counted > mostCounted ? `at least ${mostCounted}` : counted,
            rounded(counts.median),
            rounded(counts.p95),
          ]),
        },
      ],
    };
  },
};

interface Measured {
  readonly kind: string;
  readonly ours: Summary;
  readonly theirs: Summary;
  readonly times: ReturnType<typeof ratio>;
  readonly counts: Summary;
  readonly counted: number;
}

async function measure(database: BenchDatabase, { name, of }: SearchKind, times: number): Promise<Measured> {
  const { db } = database;
  const ours: number[] = [];
  const theirs: number[] = [];
  const counts: number[] = [];
  let counted = 0;
  for (let at = -1; at < times; at += 1) {
    const wanted = of(Math.max(0, at));
    const taken = await timed(() => firstPage(db, wanted));
    const compared = await timed(() => searchByTrigrams(database, wanted));
    const found = await timed(async () => (counted = await countUpTo(db, wanted)));
    if (at < 0) continue;
    ours.push(taken);
    theirs.push(compared);
    counts.push(found);
  }
  return {
    kind: name,
    ours: summarize(ours),
    theirs: summarize(theirs),
    times: ratio(theirs, ours),
    counts: summarize(counts),
    counted,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function makeTrigrams({ pool }: BenchDatabase): Promise<void> {
  await pool.query('create extension if not exists pg_trgm');
  await pool.query(
    `create table trigrams as select conversation_id, msg_seq, msg_time, sender, text from messages where app_id = ${appId}`,
  );
  await pool.query('create index on trigrams using gin (text gin_trgm_ops)');
  await pool.query('create index on trigrams (sender, msg_time)');
  await pool.query('create index on trigrams (msg_time)');
  await pool.query('vacuum (analyze) trigrams');
}

async function searchByTrigrams({ pool }: BenchDatabase, { senders, keywords }: Wanted): Promise<void> {
  const [sender] = senders ?? [];
  const [keyword] = keywords ?? [];
  const [condition, value] =
    sender === undefined ? ['text ilike $1', likeContains(keyword ?? '')] : ['sender = $1', sender];
  await pool.query(
    `select * from trigrams where ${condition} order by msg_time desc, conversation_id desc, msg_seq desc limit ${pageRows + 1}`,
    [value],
  );
}

async function hitsOf({ pool }: BenchDatabase, keyword: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>('select count(*) as n from messages where pieces @> $1', [
    pieces(keyword),
  ]);
  return rows[0]?.n ?? 0;
}
