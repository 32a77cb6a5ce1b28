import { figure, type Bench, type BenchContext, type BenchResult } from '../bench.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import { fillDay } from '../ingest/fill-day.ts';
import { cpuSecondsOfServer } from '../spent.ts';
import { appId, countUpTo, firstPage, plantedIn, searchKinds } from '../search/kinds.ts';
import { fitByTens, rounded, summarize } from '../stats.ts';

/** Callbacks that are stored to see what one costs. */
const stored = 40_000;
const textLength = 40;
const times = 40;
/** Where the lines are drawn on to. */
const beyond = 100_000_000;

export const bench: Bench = { name: 'growth', title: 'As the index grows', run };

async function run(context: BenchContext): Promise<BenchResult> {
  const sizes = context.full ? [100_000, 1_000_000, 10_000_000] : [30_000, 100_000, 300_000];
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measure(context, size));
  const [smallest, largest] = [measured[0], measured.at(-1)];
  if (smallest === undefined || largest === undefined) throw new Error('nothing measured');
  const names = Object.keys(largest.searches);
  const fitted = (of: (one: Measured) => number): number =>
    rounded(fitByTens(measured.map((one) => [one.size, of(one)])).at(beyond));
  return {
    notes: [
      `An index of so many messages of 30 days, 60 % Chinese. Searches: the first page of 100, ${times} times each; counts go up to 10,000. Storing: ${stored.toLocaleString('en')} messages of ${textLength} characters with bodies into a day, in batches of 40, CPU time of Postgres; merging of the keyword index and vacuum are in it.`,
      `The last row is no measurement: a straight line through the others over the logarithm of their size, drawn on to ${beyond.toLocaleString('en')}.`,
    ],
    figures: [
      figure(
        'storing a message in the largest index, of the cost in the smallest',
        rounded(largest.storeMicros / smallest.storeMicros),
        '×',
      ),
      ...names.map((name) =>
        figure(
          `${name}, in the largest, of the time in the smallest`,
          rounded((largest.searches[name] ?? NaN) / (smallest.searches[name] ?? NaN)),
          '×',
        ),
      ),
    ],
    tables: [
      table('Storing a message', 'µs of CPU', ({ storeMicros }) => storeMicros),
      ...names.map((name) => table(`Searching: ${name}`, 'ms, median', ({ searches }) => searches[name] ?? NaN)),
      table('Counting what a common word has', 'ms, median', ({ countMs }) => countMs),
    ],
  };

  function table(title: string, unit: string, of: (one: Measured) => number): BenchResult['tables'][number] {
    return {
      title,
      chart: { kind: 'line', labels: [0], values: 1 },
      columns: [{ title: 'messages' }, { title: 'cost', unit }],
      rows: [
        ...measured.map((one) => [one.size, rounded(of(one))]),
        [`${beyond.toLocaleString('en')} (fitted)`, fitted(of)],
      ],
    };
  }
}

interface Measured {
  readonly size: number;
  readonly storeMicros: number;
  /** Median by kind, ms. */
  readonly searches: Readonly<Record<string, number>>;
  readonly countMs: number;
}

async function measure({ startDatabase, log }: BenchContext, size: number): Promise<Measured> {
  const database = await startDatabase();
  const { pool, db } = database;
  const filled = await fillMessages(pool, { count: size, appId, planted: plantedIn(size), log });
  const searches: Record<string, number> = {};
  for (const { name, of } of searchKinds(filled)) {
    searches[name] = await medianOf(times, (at) => firstPage(db, of(at)));
  }
  const common = { keywords: [filled.vocabulary.chinese[0] ?? ''] };
  const countMs = await medianOf(times, () => countUpTo(db, common));
  const before = cpuSecondsOfServer(database.pid) ?? NaN;
  await fillDay(pool, { appId, messages: stored, textLength, keepRaw: true, daysAgo: 0 });
  const storeMicros = (((cpuSecondsOfServer(database.pid) ?? NaN) - before) / stored) * 1e6;
  log(`${size} messages: ${Math.round(storeMicros)} µs to store one`);
  return { size, storeMicros, searches, countMs };
}

/** Of `runs` after one that is not counted, ms. */
async function medianOf(runs: number, work: (at: number) => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let at = -1; at < runs; at += 1) {
    const began = performance.now();
    await work(Math.max(0, at));
    if (at >= 0) taken.push(performance.now() - began);
  }
  return summarize(taken).median;
}
