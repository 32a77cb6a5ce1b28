import { setTimeout as delay } from 'node:timers/promises';
import { cancelRecall, getRecall, previewPlan } from '@chat-recall/shared/recalls';
import { figure, type Bench, type BenchContext } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages, type Filled } from '../fill/fill-messages.ts';
import { createAsker } from '../recall/ask.ts';
import { startPlatform, type Platform } from '../recall/platform.ts';
import { startBackends, startWorkers } from '../recall/workers.ts';
import { residentMib } from '../spent.ts';
import { median, ratio, rounded, summarize } from '../stats.ts';

const appId = 1_400_000_000;
const pollMs = 20;

/** Plans of so many messages, with what they may take, s: 50,000 messages a second, and 33,333 for the largest. */
const reduced = [{ messages: 100_000, atMost: 2, runs: 3 }];
const whole = [
  { messages: 100_000, atMost: 2, runs: 5 },
  { messages: 1_000_000, atMost: 20, runs: 3 },
  { messages: 10_000_000, atMost: 300, runs: 1 },
];

export const bench: Bench = {
  name: 'plan',
  title: 'Freezing a plan',
  async run(context) {
    const { full, log, startDatabase, onEnd } = context;
    const sizes = full ? whole : reduced;
    const count = Math.max(...sizes.map(({ messages }) => messages));
    const database = await startDatabase();
    const [backend] = await startBackends(context);
    if (backend === undefined) throw new Error('no queue backend');
    const platform = await startPlatform(appId);
    onEnd('stand-in', () => platform.stop());
    const filled = await fillMessages(database.pool, { count, appId, log });
    await platform.fill(filled, { messages: false });
    const { db, url: databaseUrl } = database;
    const workers = await startWorkers(1, { databaseUrl, platform, backend, log });
    onEnd('worker', () => workers.stop());
    const asker = createAsker({ db, databaseUrl, appId, backend });
    onEnd('queues', () => asker.close());
    const [worker = 0] = workers.pids;

    const measured = [];
    for (const size of sizes) {
      const ours: Planned[] = [];
      const plain: number[] = [];
      const window = newest(filled, size.messages);
      for (let run = 0; run < size.runs; run += 1) {
        ours.push(await plan({ ...context, database, platform, asker, worker, window }));
        plain.push(await insertPlainly(database, window));
        log(
          `${size.messages} messages: ${rounded(ours.at(-1)?.seconds ?? 0)} s, plainly ${rounded(plain.at(-1) ?? 0)} s`,
        );
      }
      const seconds = summarize(ours.map((run) => run.seconds));
      measured.push({
        ...size,
        ours,
        plain,
        seconds,
        ratio: ratio(
          ours.map((run) => run.seconds),
          plain,
        ),
      });
    }
    const worst = (of: (run: Planned) => number, ours: readonly Planned[]): number => Math.max(...ours.map(of));
    return {
      notes: [
        `A window of time, over ${filled.conversations.length} conversations; one worker, queue on ${backend.name}, which calls while it plans.`,
        'The alternative is one INSERT … SELECT of the same rows into a table like that of outcomes, with its indexes: no batches, no protected senders, no counts, and not to be resumed.',
        'The first call is that of the stand-in’s ledger, counted from before the request was stored. Memory is the most that the worker had while it planned.',
      ],
      figures: measured.flatMap(({ messages, atMost, ours, seconds }) => [
        figure(`plan of ${messages}`, rounded(seconds.median), 's', { atMost }),
        figure(`first call of ${messages}, slowest`, rounded(worst((run) => run.firstCallMs, ours)), 'ms', {
          atMost: 1_000,
        }),
        figure(`memory of the worker, ${messages}`, rounded(worst((run) => run.memoryMib, ours)), 'MiB', {
          atMost: 300,
        }),
        figure(`preview of ${messages}`, rounded(median(ours.map((run) => run.previewMs))), 'ms', { atMost: 1_000 }),
        figure(`cancelling ${messages}, slowest`, rounded(worst((run) => run.cancelMs, ours)), 'ms', { atMost: 1_000 }),
      ]),
      tables: [
        {
          title: 'Plans',
          chart: { kind: 'bars', labels: [0], values: 1 },
          columns: [
            { title: 'messages' },
            { title: 'median', unit: 's' },
            { title: 'spread' },
            { title: 'messages', unit: '/s' },
            { title: 'plain insert', unit: 's' },
            { title: 'times the plain insert' },
            { title: 'from' },
            { title: 'to' },
            { title: 'calls made meanwhile' },
          ],
          rows: measured.map(({ messages, ours, plain, seconds, ratio: times }) => [
            messages,
            rounded(seconds.median),
            rounded(seconds.spread),
            rounded(messages / seconds.median),
            rounded(median(plain)),
            rounded(times.ratio),
            rounded(times.low),
            rounded(times.high),
            rounded(median(ours.map((run) => run.callsMeanwhile))),
          ]),
        },
      ],
    };
  },
};

interface Planned {
  readonly seconds: number;
  readonly firstCallMs: number;
  readonly memoryMib: number;
  readonly previewMs: number;
  readonly cancelMs: number;
  readonly callsMeanwhile: number;
}

interface Window {
  readonly sentFrom: string;
  readonly sentTo: string;
}

/** The window that holds about so many of the newest messages. */
function newest({ count, from, to }: Filled, messages: number): Window {
  return { sentFrom: iso(to - ((to - from) * messages) / count), sentTo: iso(to + 1_000) };
}

interface Run extends BenchContext {
  readonly database: BenchDatabase;
  readonly platform: Platform;
  readonly asker: ReturnType<typeof createAsker>;
  readonly worker: number;
  readonly window: Window;
}

async function plan({ database, platform, asker, worker, window }: Run): Promise<Planned> {
  const { db, pool } = database;
  const asked = Date.now();
  const id = await asker.ask({ selector: window });
  let memoryMib = 0;
  let plannedAt: Date | null = null;
  while (plannedAt === null) {
    memoryMib = Math.max(memoryMib, residentMib(worker)?.now ?? NaN);
    await delay(pollMs);
    const { rows } = await pool.query<{ planned_at: Date | null; state: string }>(
      'select planned_at, state from recalls where id = $1',
      [id],
    );
    plannedAt = rows[0]?.planned_at ?? null;
  }
  const previewing = performance.now();
  await previewPlan(db, { id, appId }, { callsPerSecond: 180, roamingDays: 7, hash: null, withText: true });
  const previewMs = performance.now() - previewing;
  const cancelling = performance.now();
  await cancelRecall(db, id);
  const cancelMs = performance.now() - cancelling;
  const calls = await platform.calls(asked);
  await untilSwept(database, id);
  return {
    seconds: (plannedAt.getTime() - asked) / 1_000,
    firstCallMs: (calls[0]?.at ?? NaN) - asked,
    memoryMib,
    previewMs,
    cancelMs,
    callsMeanwhile: calls.filter(({ at }) => at < Number(plannedAt)).length,
  };
}

/** So that runs do not disturb one another. */
async function untilSwept({ db, pool }: BenchDatabase, id: string): Promise<void> {
  while ((await getRecall(db, appId, id)).counts.pending > 0) await delay(500);
  await pool.query('vacuum (analyze) outcomes, batches');
}

/** @returns seconds */
async function insertPlainly({ pool }: BenchDatabase, { sentFrom, sentTo }: Window): Promise<number> {
  await pool.query('create table plain (like outcomes including all)');
  const began = performance.now();
  await pool.query(
    `insert into plain (recall_id, conversation_id, msg_seq, sent_at, sender, state)
     select '00000000-0000-7000-8000-000000000000', conversation_id, msg_seq, msg_time, sender, 'pending'
       from messages where app_id = ${appId} and msg_time >= $1 and msg_time < $2`,
    [sentFrom, sentTo],
  );
  const seconds = (performance.now() - began) / 1_000;
  await pool.query('drop table plain');
  return seconds;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
