import { eventually, type SpawnedProcess } from '@chat-recall/local';
import { cancelRecall, getRecall } from '@chat-recall/shared/recalls';
import { figure, type Bench, type BenchContext, type Figure } from '../bench.ts';
import type { BenchDatabase } from '../database.ts';
import { fillMessages } from '../fill/fill-messages.ts';
import { createAsker } from '../recall/ask.ts';
import { startPlatform, type Platform } from '../recall/platform.ts';
import { callsPerSecond, startBackends, startWorkers, type Backend, type Workers } from '../recall/workers.ts';
import { median, rounded } from '../stats.ts';
import { calling, killWorker, stopWorker, type Killed, type Scene, type Stopped } from '../takeover/end-worker.ts';

const appId = 1_400_000_000;
/** How long the platform takes for an answer: a worker has calls under way, not only batches that wait for their slot. */
const answerMs = 200;
/** A recall that is over before anything is taken over. */
const smallMessages = 5_000;
/** What the large recall lasts for, with room to spare: each kill, each stop, the first calls. */
const seconds = { kill: 20, stop: 4, start: 6 };
const wantedSeconds = 15;

export const bench: Bench = {
  name: 'takeover',
  title: 'When a worker ends in the middle of a recall',
  takesMinutes: true,
  async run(context) {
    const { full, log, startDatabase, onEnd } = context;
    const times = full ? { kills: 10, stops: 10 } : { kills: 1, stops: 3 };
    const database = await startDatabase();
    const backends = await startBackends(context);
    const platform = await startPlatform(appId);
    onEnd('stand-in', () => platform.stop());
    const lasts = times.kills * seconds.kill + times.stops * seconds.stop + seconds.start;
    // Each backend has messages of its own: those of the small recalls, then those of the large one.
    const each = times.kills * smallMessages + lasts * callsPerSecond * 10;
    const count = each * backends.length;
    const filled = await fillMessages(database.pool, { count, appId, days: 2, conversations: 200, log });
    await platform.fill(filled);
    await platform.answerAfter(answerMs);
    /** What was sent from the n-th message on up to another one; they are spread evenly. */
    const sent = (first: number, end: number) => {
      const at = (n: number): string => new Date(filled.from + (n / count) * (filled.to - filled.from)).toISOString();
      return { sentFrom: at(first), sentTo: at(end) };
    };

    const measured: Measured[] = [];
    for (const [turn, backend] of backends.entries()) {
      const large = turn * each + times.kills * smallMessages;
      const windows = {
        small: Array.from({ length: times.kills }, (_, at) => large - (at + 1) * smallMessages).map((first) =>
          sent(first, first + smallMessages),
        ),
        large: sent(large, (turn + 1) * each),
      };
      measured.push(await measure({ ...context, database, platform, backend, stops: times.stops, windows }));
    }
    return {
      notes: [
        `Two workers call one recall at the default of ${callsPerSecond} calls a second; the platform answers after ${answerMs} ms. One of them is killed, or told to stop, while it has calls under way; another one takes its place when that is measured.`,
        `Small: ${smallMessages.toLocaleString('en')} messages, called to their end before anything is taken over. Large: it goes on, and what is taken over waits for its turn behind the two seconds of calls that are queued.`,
        'Taken back: the lease of the batch is over, and a worker has noticed. Taken over: called again, or settled by what history tells of the lost call, and written down. The next call counts from when its attempt is written, up to 50 ms before it is made.',
        'What was queued when the worker was killed holds, beside what waits for anybody, jobs in its hand that it had not begun.',
      ],
      figures: measured.flatMap(figuresOf),
      tables: [
        {
          title: 'SIGKILL',
          columns: [
            { title: 'queue' },
            { title: 'recall' },
            { title: 'batches in hand' },
            { title: 'next call of the other', unit: 'ms' },
            { title: 'longest time without a call', unit: 'ms' },
            { title: 'last batch in hand taken back', unit: 's' },
            { title: 'last batch in hand taken over', unit: 's' },
            { title: 'last of what was queued called', unit: 's' },
            { title: 'unknown after it' },
          ],
          rows: measured.flatMap(({ backend, killed }) =>
            killed.map(({ recall, inHand, nextMs, pauseMs, backMs, inHandMs, queuedMs, unknown }) => [
              backend,
              recall,
              inHand,
              rounded(nextMs),
              // Of a small one nothing is left to call meanwhile.
              recall === 'small' ? null : rounded(pauseMs),
              rounded(backMs / 1_000),
              rounded(inHandMs / 1_000),
              rounded(queuedMs / 1_000),
              unknown,
            ]),
          ),
        },
        {
          title: 'SIGTERM',
          columns: [
            { title: 'queue' },
            { title: 'batches in hand' },
            { title: 'ended after', unit: 's' },
            { title: 'exit code' },
            { title: 'unknown outcomes' },
            { title: 'batches left in its hand' },
          ],
          rows: measured.flatMap(({ backend, stopped }) =>
            stopped.map(({ inHand, endedMs, code, unknown, left }) => [
              backend,
              inHand,
              rounded(endedMs / 1_000),
              code,
              unknown,
              left,
            ]),
          ),
        },
      ],
    };
  },
};

type Size = 'small' | 'large';

interface Measured {
  readonly backend: Backend['name'];
  readonly killed: readonly (Killed & { readonly recall: Size })[];
  readonly stopped: readonly Stopped[];
}

interface Run extends BenchContext {
  readonly database: BenchDatabase;
  readonly platform: Platform;
  readonly backend: Backend;
  readonly stops: number;
  /** Of the messages of its recalls: a small one for each kill, and a large one for as many kills and the stops. */
  readonly windows: { readonly small: readonly object[]; readonly large: object };
}

async function measure({ database, platform, backend, stops, windows, log }: Run): Promise<Measured> {
  const { db, pool, url: databaseUrl } = database;
  const asker = createAsker({ db, databaseUrl, appId, backend });
  const started: Workers[] = [];
  // The oldest first.
  const alive: SpawnedProcess[] = [];
  async function start(processes: number): Promise<void> {
    const workers = await startWorkers(processes, { databaseUrl, platform, backend, log });
    started.push(workers);
    alive.push(...workers.processes);
  }
  /** Once all of them call, one ends; another one takes its place when that is over. */
  async function endOldest<T>(scene: Scene, end: (scene: Scene, worker: SpawnedProcess) => Promise<T>): Promise<T> {
    for (const worker of alive) await calling(scene, worker);
    const oldest = alive.shift();
    if (oldest === undefined) throw new Error('no worker is left');
    const ended = await end(scene, oldest);
    await start(1);
    return ended;
  }
  const stateOf = async (id: string): Promise<string> => (await getRecall(db, appId, id)).state;
  const sceneOf = async (window: object): Promise<Scene> => {
    const recallId = await asker.ask({ selector: window });
    // Whoever plans is not to be killed in it: that would be another wait.
    await eventually(async () => (await stateOf(recallId)) === 'running', { timeoutMs: 60_000, what: 'the plan' });
    return { pool, platform, recallId };
  };
  const killed: Measured['killed'][number][] = [];
  async function kill(scene: Scene, recall: Size): Promise<void> {
    killed.push({ ...(await endOldest(scene, killWorker)), recall });
    log(`${backend.name}, ${recall}: taken over after ${rounded((killed.at(-1)?.inHandMs ?? NaN) / 1_000)} s`);
  }
  const stopped: Stopped[] = [];
  try {
    await start(2);
    for (const window of windows.small) await kill(await sceneOf(window), 'small');
    const scene = await sceneOf(windows.large);
    for (let time = 0; time < windows.small.length; time += 1) await kill(scene, 'large');
    for (let time = 0; time < stops; time += 1) stopped.push(await endOldest(scene, stopWorker));
    if ((await stateOf(scene.recallId)) !== 'running') throw new Error('the large recall ended too early');
    await cancelRecall(db, scene.recallId);
    return { backend: backend.name, killed, stopped };
  } finally {
    await asker.close();
    await Promise.all(started.map((workers) => workers.stop()));
  }
}

function figuresOf({ backend, killed, stopped }: Measured): Figure[] {
  const slowest = (ms: readonly number[]): number => rounded(Math.max(...ms) / 1_000);
  const unknown = [...killed, ...stopped].reduce((sum, one) => sum + one.unknown, 0);
  const sizes: readonly Size[] = ['small', 'large'];
  return [
    figure(`next call after a kill, median, ${backend}`, rounded(median(killed.map(({ nextMs }) => nextMs))), 'ms'),
    ...sizes.flatMap((size) => {
      const those = killed.filter(({ recall }) => recall === size);
      return [
        figure(
          `calls of a killed worker taken over, ${size} recall, ${backend}`,
          slowest(those.map((one) => one.inHandMs)),
          's',
          {
            atMost: wantedSeconds,
          },
        ),
        figure(
          `all queued at a kill called, ${size} recall, ${backend}`,
          slowest(those.map((one) => one.queuedMs)),
          's',
        ),
      ];
    }),
    figure(`SIGTERM to the end, ${backend}`, slowest(stopped.map(({ endedMs }) => endedMs)), 's', {
      atMost: wantedSeconds,
    }),
    figure(`exit codes other than 0, ${backend}`, stopped.filter(({ code }) => code !== 0).length, '', { atMost: 0 }),
    figure(`unknown outcomes left, ${backend}`, unknown, '', { atMost: 0 }),
  ];
}
