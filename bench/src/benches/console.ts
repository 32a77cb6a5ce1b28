import type { Bench, BenchContext, BenchResult, Cell } from '../bench.ts';
import { figure } from '../bench.ts';
import { deliveredScript } from '../console/delivered.ts';
import { waitForRows, type SearchToMeasure, type Waited } from '../console/first-rows.ts';
import { openConsole } from '../console/open-console.ts';
import { scrollThrough } from '../console/scroll.ts';
import { fillMessages, type Filled } from '../fill/fill-messages.ts';
import { percentile, rounded, summarize } from '../stats.ts';

const appId = 1_400_000_000;
/** What a person takes for "at once". */
const rowsWithinMs = { atMost: 300 };
/** A frame that is noticed as a jerk. */
const longFrameMs = 50;

export const bench: Bench = { name: 'console', title: 'The web console in a browser', run };

async function run(context: BenchContext): Promise<BenchResult> {
  const { full, log } = context;
  const database = await context.startDatabase();
  const count = full ? 1_000_000 : 100_000;
  const runs = full ? 24 : 6;
  const scrolledRows = full ? 5_000 : 1_500;
  const filled = await fillMessages(database.pool, { count, appId, log });
  const desk = await openConsole(database.url, appId, context);

  const kinds = Object.entries(searches(filled));
  const waited = new Map<string, Waited[]>();
  // One round of each kind after the other, so that a disturbance does not meet one kind alone.
  for (let round = -1; round < runs; round += 1) {
    for (const [kind, make] of kinds) {
      const once = await waitForRows(desk, make(round + 1));
      // The first round warms up what a console that has run for a minute has warm.
      if (round >= 0) waited.set(kind, [...(waited.get(kind) ?? []), once]);
    }
  }
  log('searches measured');
  const { rows, frames, domRows } = await scrollThrough(desk, '/?last=7d', scrolledRows);
  const script = await deliveredScript(desk);

  return {
    notes: [
      `${count.toLocaleString('en')} indexed messages of 30 days, ${filled.conversations.length} conversations, ${filled.senders.length.toLocaleString('en')} senders; ${runs} searches of each kind, each for another sender or word.`,
      'From the press of Search, or from the opening of the address in a new page with a warm HTTP cache, until the frame after the one with the first rows begins. Each search also writes its row of the audit.',
      `Scrolling: ${rows.toLocaleString('en')} rows loaded on the way, a step of 300 pixels in every frame.`,
      'Chromium without a GPU; database, console and browser share the cores.',
    ],
    figures: [
      ...[...waited].flatMap(([kind, all]) => [
        figure(`${kind}: rows after Search, median`, rounded(medianOf(all, 'pressed')), 'ms', rowsWithinMs),
        figure(`${kind}: rows after Search, p95`, rounded(p95Of(all, 'pressed')), 'ms', rowsWithinMs),
      ]),
      figure('scrolling: frame, p95', rounded(percentile(frames, 0.95)), 'ms', { atMost: longFrameMs }),
      figure(`scrolling: frames above ${longFrameMs} ms`, rounded((longFrames(frames) / frames.length) * 100), '%'),
      figure('scrolling: rows in the document at most', domRows, '', { atMost: 100 }),
      figure('JavaScript before the first rows, gzipped', rounded(script), 'KB', { atMost: 350 }),
    ],
    tables: [
      {
        title: 'From a search to its first rows',
        chart: { kind: 'bars', labels: [0], values: 2 },
        columns: [
          { title: 'search for' },
          ...['median', 'p95', 'max', 'of it the API, median', 'address opened, median', 'address opened, p95'].map(
            (title) => ({ title, unit: 'ms' }),
          ),
        ],
        rows: [...waited].map(([kind, all]) => row(kind, all)),
      },
      {
        title: 'Frames while scrolling',
        columns: [
          { title: 'rows' },
          { title: 'frames' },
          ...['median', 'p95', 'p99', 'max'].map((title) => ({ title, unit: 'ms' })),
          { title: `above ${longFrameMs} ms` },
        ],
        rows: [[rows, frames.length, ...frameCells(frames), longFrames(frames)]],
      },
    ],
  };
}

/** Each kind for every round of its own: words and senders of about the same rank. */
function searches({ senders, vocabulary }: Filled): Record<string, (round: number) => SearchToMeasure> {
  const rare = vocabulary.chinese.slice(300).filter((word) => word.length === 2);
  const common = vocabulary.chinese.filter((word) => word.length === 2);
  return {
    'a sender': (round) => by('Senders', 'sender', senders[20 + round * 5] ?? ''),
    'a rare word of two characters': (round) => by('Keywords', 'keyword', rare[round * 20] ?? ''),
    'a common word': (round) => by('Keywords', 'keyword', common[round] ?? ''),
    'the last 7 days': () => ({
      query: { last: '7d' },
      fillIn: (page) => page.getByRole('search').getByText('7 days').click(),
    }),
  };
}

function by(label: string, parameter: string, value: string): SearchToMeasure {
  return {
    query: { [parameter]: value },
    async fillIn(page) {
      const field = page.getByRole('combobox', { name: label });
      await field.fill(value);
      await field.press('Enter');
    },
  };
}

function row(kind: string, all: readonly Waited[]): Cell[] {
  const pressed = summarize(all.map((one) => one.pressed));
  return [
    kind,
    ...[pressed.median, pressed.p95, pressed.max, medianOf(all, 'answer')].map(rounded),
    ...[medianOf(all, 'opened'), p95Of(all, 'opened')].map(rounded),
  ];
}

function frameCells(frames: readonly number[]): number[] {
  const { median, p95, p99, max } = summarize(frames);
  return [median, p95, p99, max].map(rounded);
}

function longFrames(frames: readonly number[]): number {
  return frames.filter((frame) => frame > longFrameMs).length;
}

function medianOf(all: readonly Waited[], what: keyof Waited): number {
  return percentile(
    all.map((one) => one[what]),
    0.5,
  );
}

function p95Of(all: readonly Waited[], what: keyof Waited): number {
  return percentile(
    all.map((one) => one[what]),
    0.95,
  );
}
