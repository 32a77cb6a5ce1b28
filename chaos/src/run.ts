import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repository } from '@chat-recall/local';
import { messageOf } from '@chat-recall/shared/errors';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import { seededRandom } from '@chat-recall/simulator';
import { makeOverlay } from './broken/overlay.ts';
import type { Checked } from './checks/check.ts';
import { createSecretFinder, lookInside, oneOf, oneOfHex } from './checks/secrets.ts';
import { judgeAll } from './judge.ts';
import type { Options } from './options.ts';
import { made, sdkAppId, startWorld } from './parts/world.ts';
import { workers, type PlannedFault } from './plan/faults.ts';
import type { Schedule } from './plan/schedule.ts';
import { preciseNow } from './proxy/disturbance.ts';
import { createAsker } from './work/asker.ts';
import { drain } from './work/drain.ts';
import { injectAll, type Injected } from './work/injector.ts';
import { createSender } from './work/sender.ts';
import { createWriters, sceneGroups } from './work/writers.ts';

/** How often queues and metrics are looked into while the system is harmed, ms. */
const lookEveryMs = 4_000;
/** So long after the faults the console may still refuse what it is asked, ms. */
const patienceMs = 60_000;
/** As shells tell of Ctrl-C. */
const interrupted = 130;
/** How often somebody looks for recalls that the platform's refusal paused, ms. */
const resumeEveryMs = 1_000;

export interface RunResult {
  readonly checked: readonly Checked[];
  readonly injected: readonly Injected[];
  readonly figures: Readonly<Record<string, number>>;
  /** Logs of all processes. */
  readonly folder: string;
  /** Removes it. */
  forget(): void;
}

export interface RunOptions extends Options {
  readonly callsPerSecond: number;
}

export interface RunEvents {
  say(text: string): void;
  fault(planned: PlannedFault): void;
}

/**
 * One whole run: start, harm, come to rest, judge.
 *
 * @throws Error that names the seed and the folder of the logs, when it could not be brought to its end
 */
export async function run(
  seed: number,
  schedule: Schedule,
  options: RunOptions,
  events: RunEvents,
): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-recall-chaos-'));
  const disposals = createDisposals((step, error) => events.say(`stopping ${step} failed: ${String(error)}`));
  const onInterrupt = (): void => void disposals.run().then(() => process.exit(interrupted));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onInterrupt);
  try {
    const { queue, minutes, broken, callsPerSecond } = options;
    const root = broken === null ? repository : join(folder, 'broken');
    if (broken !== null) makeOverlay(broken, root);
    const world = await startWorld({ root, folder, queue, callsPerSecond }, disposals);
    const { postgres, redis, links, platform, system, credentials, pool } = world;

    const { groups, places } = sceneGroups();
    await platform.addGroups(groups);
    const sender = createSender({ urls: world.callbackUrls, sdkAppId, token: credentials.webhookToken });
    disposals.add('sender', () => sender.close());
    const canary = `kanarienvogel${made(12)}`;
    const writers = createWriters({ platform, sender, places, random: seededRandom(seed + 1), canary });
    const startSeconds = Math.floor(Date.now() / 1_000);
    await writers.before(startSeconds);
    const patience = new AbortController();
    const asker = createAsker({
      url: system.consoleUrl,
      token: credentials.adminToken,
      places,
      startsAt: startSeconds,
      run: String(startSeconds),
      patience: patience.signal,
    });
    const finder = createSecretFinder({
      'text of a message': oneOf([canary]),
      'secret key': oneOf([credentials.secretKey]),
      'webhook token': oneOf([credentials.webhookToken]),
      'admin token': oneOf([credentials.adminToken]),
      'database password': oneOf([new URL(postgres.url).password]),
      UserSig: oneOf(links.seen.userSigs),
      Sign: oneOfHex(64, () => sender.signs()),
    });
    const metricsUrls = new Map(system.parts.map(({ name, healthUrl }) => [name, healthUrl]));
    const look = () => lookInside(finder, { pool, redis, metricsUrls });

    events.say(`Started, ${writers.written} messages written; faults for ${Math.round(minutes * 60)} s …`);
    const startsAt = preciseNow();
    const over = new AbortController();
    const background = Promise.all([
      writers.goOn(over.signal),
      repeat(over.signal, lookEveryMs, look),
      repeat(over.signal, resumeEveryMs, () => asker.resumePaused()),
      ...schedule.recalls.map(async (planned) => {
        await pause(planned.at);
        await asker.ask(planned);
      }),
    ]);
    // It is waited for below; what goes wrong until then is told there.
    background.catch(() => {});
    const injected = await injectAll(schedule.faults, world, startsAt, events.fault);
    await pause(Math.max(0, startsAt + minutes * 60_000 - preciseNow()));
    over.abort();
    await platform.clearFaults();
    const losePatience = setTimeout(() => patience.abort(), patienceMs);
    await background.finally(() => clearTimeout(losePatience));
    events.say('Faults are over; coming to rest …');
    const restFrom = preciseNow();
    const open = await drain({ system, asker, pool }, options.drainSeconds, events.say);
    events.say(`At rest after ${((preciseNow() - restFrom) / 1_000).toFixed(1)} s; judging …`);
    const missed = await look();
    // What is still under way would change while it is read.
    if (open.length > 0) await Promise.all(workers.map((name) => system.part(name).end()));

    const logs = new Map<string, string>(system.parts.map(({ name, logFile }) => [name, logFile]));
    logs.set('postgres', postgres.logFile);
    const { answered } = sender;
    const judged = await judgeAll({
      ...world,
      asker,
      answered,
      finder,
      missed,
      logs,
      open,
      callsPerSecond,
      injected,
      seconds: minutes * 60,
      folder,
    });
    return {
      ...judged,
      injected,
      folder,
      figures: {
        'messages written': writers.written,
        'callbacks answered OK': answered.length,
        'callbacks refused or cut, and tried again': sender.refused,
        'callbacks no receiver took': sender.givenUp,
        ...judged.figures,
        'recalls let go on after a refusal for the app': asker.resumed,
      },
      forget: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
    };
  } catch (error) {
    throw new Error(`seed ${seed} came to no end: ${messageOf(error)}; logs in ${folder}`, { cause: error });
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onInterrupt);
    await disposals.run();
  }
}

async function repeat(signal: AbortSignal, everyMs: number, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work();
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}
