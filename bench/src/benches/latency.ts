import { setTimeout as delay } from 'node:timers/promises';
import { cancelRecall, getRecall } from '@chat-recall/shared/recalls';
import { figure, type Bench, type BenchContext } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages, type Filled } from '../fill/fill-messages.ts';
import { createAsker, type Asker } from '../recall/ask.ts';
import { startPlatform, type Platform } from '../recall/platform.ts';
import { startBackends, startWorkers, type Backend } from '../recall/workers.ts';
import { rounded, summarize, type Summary } from '../stats.ts';

const appId = 1_400_000_000;
const dayMs = 86_400_000;
const days = 6;
const urgentMessages = 100;
/** Of a worker's loops, so that requests do not fall in step with them, ms. */
const apartMs = { least: 100, spread: 250 };

export const bench: Bench = {
  name: 'latency',
  title: 'From the request to the call',
  async run(context) {
    const { full, log, startDatabase, onEnd } = context;
    const sizes = full ? { idle: 200, urgent: 50, large: 1_000_000 } : { idle: 25, urgent: 10, large: 40_000 };
    const database = await startDatabase();
    const backends = await startBackends(context);
    const platform = await startPlatform(appId);
    onEnd('stand-in', () => platform.stop());
    // The newest half is the large recall's, the other one is for what comes beside it.
    const filled = await fillMessages(database.pool, { count: sizes.large * 2, appId, days, conversations: 40, log });
    await platform.fill(filled);

    const measured: Measured[] = [];
    for (const backend of backends) {
      log(`queue on ${backend.name}`);
      measured.push(await measure({ ...context, database, platform, backend, filled, sizes }));
    }
    return {
      notes: [
        'One worker; from before the request is stored to the arrival of its first call at the stand-in, which is a process of its own.',
        `Idle: ${sizes.idle} recalls of one message each, by number, one after another. Urgent: ${sizes.urgent} recalls of ${urgentMessages} messages each, while one of priority "normal" with ${sizes.large} messages is being called at the full rate.`,
      ],
      figures: measured.flatMap(({ backend, idle, first, done }) => [
        figure(
          `first call when idle, p50, ${backend}`,
          rounded(idle.median),
          'ms',
          backend === 'Redis' ? { atMost: 30 } : null,
        ),
        figure(`first call when idle, p95, ${backend}`, rounded(idle.p95), 'ms', {
          atMost: backend === 'Redis' ? 100 : 500,
        }),
        figure(`first urgent call, p95, ${backend}`, rounded(first.p95), 'ms', { atMost: 1_000 }),
        figure(`urgent recall done, p95, ${backend}`, rounded(done.p95), 'ms', { atMost: 3_000 }),
      ]),
      tables: [
        {
          title: 'Milliseconds',
          chart: { kind: 'bars', labels: [0, 1], values: 3 },
          columns: [
            { title: 'queue' },
            { title: 'what' },
            { title: 'n' },
            { title: 'p50', unit: 'ms' },
            { title: 'p95', unit: 'ms' },
            { title: 'most', unit: 'ms' },
          ],
          rows: measured.flatMap(({ backend, idle, bySender, first, done }) => [
            row(backend, 'idle, one message by number', idle),
            row(backend, 'idle, the newest message of a sender', bySender),
            row(backend, 'first urgent call', first),
            row(backend, 'urgent recall done', done),
          ]),
        },
      ],
    };
  },
};

function row(backend: string, what: string, { n, median, p95, max }: Summary): (string | number)[] {
  return [backend, what, n, rounded(median), rounded(p95), rounded(max)];
}

interface Measured {
  readonly backend: Backend['name'];
  readonly idle: Summary;
  readonly bySender: Summary;
  readonly first: Summary;
  readonly done: Summary;
}

interface Run extends BenchContext {
  readonly database: BenchDatabase;
  readonly platform: Platform;
  readonly backend: Backend;
  readonly filled: Filled;
  readonly sizes: { readonly idle: number; readonly urgent: number; readonly large: number };
}

async function measure(run: Run): Promise<Measured> {
  const { database, platform, backend, sizes, log, filled } = run;
  const { db, url: databaseUrl } = database;
  const workers = await startWorkers(1, { databaseUrl, platform, backend, log });
  const asker = createAsker({ db, databaseUrl, appId, backend });
  const half = (filled.from + filled.to) / 2;
  const once = (request: object): Promise<Timed> => timed({ database, platform, asker }, request);
  try {
    // Each backend has messages of its own: what is recalled already is not called.
    const busiest = filled.conversations[backend.name === 'Redis' ? 0 : 1];
    const turn = backend.name === 'Redis' ? 0 : 1;
    // Neither in the large recall nor in the urgent ones, which have the first of the days.
    const between = { sentFrom: iso(filled.from + 2 * dayMs), sentTo: iso(half) };
    // Of the second day: behind the urgent ones, and before what is chosen by sender.
    const early = Math.floor((busiest?.messages ?? 0) * 0.3);
    const place = { groupId: busiest?.groupId, topicId: busiest?.topicId === '' ? null : busiest?.topicId };
    // The first ones meet code that is not compiled yet.
    await repeated(5, (at) => once({ selector: { messages: [{ ...place, msgSeqs: [early + at] }] } }));
    const idle = await repeated(sizes.idle, (at) =>
      once({ selector: { messages: [{ ...place, msgSeqs: [early + 10 + at] }] } }),
    );
    const bySender = await repeated(sizes.idle, (at) =>
      once({ selector: { senders: [filled.senders[2 * at + turn + 10]], ...between, limit: 1 } }),
    );
    const large = await asker.ask({ selector: { sentFrom: iso(half), sentTo: iso(filled.to + 1_000) } });
    while ((await getRecall(db, appId, large)).counts.recalled < 1_000) await delay(100);
    const window = (at: number) => iso(filled.from + (2 * at + turn) * (dayMs / 100));
    const urgent = await repeated(sizes.urgent, (at) =>
      once({
        selector: { sentFrom: window(at), sentTo: iso(Date.parse(window(at)) + dayMs / 100), limit: urgentMessages },
        priority: 'urgent',
      }),
    );
    if ((await getRecall(db, appId, large)).finishedAt !== null) log('the large recall ended before the urgent ones');
    await cancelRecall(db, large);
    return {
      backend: backend.name,
      idle: summarize(idle.map(({ firstMs }) => firstMs)),
      bySender: summarize(bySender.map(({ firstMs }) => firstMs)),
      first: summarize(urgent.map(({ firstMs }) => firstMs)),
      done: summarize(urgent.map(({ doneMs }) => doneMs)),
    };
  } finally {
    await asker.close();
    await workers.stop();
  }
}

async function repeated(times: number, work: (at: number) => Promise<Timed>): Promise<Timed[]> {
  const all: Timed[] = [];
  for (let at = 0; at < times; at += 1) {
    await delay(apartMs.least + Math.random() * apartMs.spread);
    all.push(await work(at));
  }
  return all;
}

interface Timed {
  readonly firstMs: number;
  readonly doneMs: number;
}

async function timed(
  { database, platform, asker }: { database: BenchDatabase; platform: Platform; asker: Asker },
  request: object,
): Promise<Timed> {
  const { db, pool } = database;
  const asked = Date.now();
  const id = await asker.ask(request);
  let ended = await getRecall(db, appId, id);
  while (ended.finishedAt === null) {
    await delay(20);
    ended = await getRecall(db, appId, id);
  }
  const { rows } = await pool.query<{ key: string }>(
    `select coalesce(nullif(topic_id, ''), group_id) || ' ' || msg_seq as key
       from outcomes join conversations using (conversation_id) where recall_id = $1`,
    [id],
  );
  const keys = new Set(rows.map(({ key }) => key));
  const calls = (await platform.calls(asked)).filter(({ groupId, topicId, sequences }) =>
    sequences.some((seq) => keys.has(`${topicId ?? groupId} ${seq}`)),
  );
  const [first] = calls;
  if (first === undefined) throw new Error(`recall ${id} was not called`);
  return { firstMs: first.at - asked, doneMs: Date.parse(ended.finishedAt) - asked };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
