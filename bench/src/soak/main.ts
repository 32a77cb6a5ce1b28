import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { freePort, repository, spawnProcess, startSystem } from '@chat-recall/local';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import { findProgram, startRedis } from '@chat-recall/testkit';
import { startBenchDatabase } from '../database.ts';
import { isAnswer, memoryOf, type Memory } from './memory.ts';
import { recallAllTheTime } from './recalls.ts';
import { redisKeys } from './redis-keys.ts';
import { slopeOf } from '../stats.ts';

const usage = `npm run soak [-- --minutes N]

  Callbacks at a constant rate and recalls all the time, with one receiver, worker and console. Every ten seconds it is
  looked at what memory they hold; at the end it is told how that grew. The exit status is 1 when a process grew by 1 MB
  a minute or more.

  --minutes N   default 15; the first fifth is for warming up
`;

const appId = 1_400_000_000;
const messagesPerSecond = 500;
const sampleEveryMs = 10_000;
const warmUpShare = 0.2;
/** A process must not grow by more, MB a minute. */
const growsAtMost = 1;
/** Of the messages that should have come, those that must have for the figures to count. */
const wholeShare = 0.9;
/** BullMQ keeps 1,000 completed and 10,000 failed jobs of each queue, and a few keys beside them. */
const keysAtMost = 25_000;

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '15' }, help: { type: 'boolean', default: false } },
});
const minutes = Number(values.minutes);
if (values.help || !(minutes > 0)) {
  process.stdout.write(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const disposals = createDisposals((name, error) => say(`stopping ${name} failed: ${String(error)}`));
  process.once('SIGINT', () => void disposals.run().then(() => process.exit(130)));
  try {
    process.exitCode = (await soak(minutes, disposals.add)) ? 0 : 1;
  } finally {
    await disposals.run();
  }
}

/** @returns whether memory and queue stayed within bounds */
async function soak(forMinutes: number, onEnd: (name: string, dispose: () => unknown) => void): Promise<boolean> {
  const database = await startBenchDatabase();
  onEnd('database', () => database.stop());
  const redis = findProgram('redis-server') === undefined ? undefined : await startRedis();
  if (redis === undefined) say('no redis-server on the PATH: the queues are in Postgres');
  else onEnd('redis', () => redis.stop());
  const webhookPort = await freePort();
  const standInPort = await freePort();
  const [secretKey, webhookToken, adminToken] = [1, 2, 3].map(() => randomBytes(32).toString('hex'));
  const secrets = { secretKey: String(secretKey), webhookToken: String(webhookToken), adminToken: String(adminToken) };
  const system = await startSystem({
    databaseUrl: database.url,
    redisUrl: redis?.url,
    sdkAppId: appId,
    apiUrl: `http://127.0.0.1:${standInPort}`,
    ...secrets,
    ports: { webhook: webhookPort, console: 0, worker: 0 },
    environment: { NODE_OPTIONS: `--import=${new URL('probe.js', import.meta.url).href}` },
    onLine: (line) => {
      if (!isAnswer(line)) say(line);
    },
  });
  onEnd('system', () => system.stop());
  const standIn = await spawnProcess({
    script: `${repository}packages/simulator/dist/main.js`,
    env: {
      STANDIN_PORT: String(standInPort),
      STANDIN_SDK_APP_ID: String(appId),
      STANDIN_SECRET_KEY: secrets.secretKey,
      STANDIN_WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/callback`,
      STANDIN_WEBHOOK_TOKEN: secrets.webhookToken,
      STANDIN_TRAFFIC_PER_SECOND: String(messagesPerSecond),
    },
  });
  onEnd('stand-in', () => standIn.stop());
  const recalling = recallAllTheTime(system.console.url, secrets.adminToken);
  onEnd('recalls', () => recalling.stop());

  const parts = { receiver: system.receivers[0], worker: system.workers[0], console: system.console };
  const samples = new Map<string, Memory[]>(Object.keys(parts).map((name) => [name, []]));
  let mostKeys = 0;
  let indexed = 0;
  const began = performance.now();
  for (let due = sampleEveryMs; due <= forMinutes * 60_000; due += sampleEveryMs) {
    await delay(Math.max(0, began + due - performance.now()));
    const shown: string[] = [];
    for (const [name, part] of Object.entries(parts)) {
      if (part === undefined) continue;
      const memory = await memoryOf(part.process, due / 1_000);
      samples.get(name)?.push(memory);
      shown.push(`${name} ${memory.rss.toFixed(0)} MB (heap ${memory.heap.toFixed(1)})`);
    }
    const keys = redis === undefined ? 0 : await redisKeys(redis.port);
    mostKeys = Math.max(mostKeys, keys);
    const { recalls, messages } = recalling.done;
    const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from messages');
    indexed = rows[0]?.n ?? 0;
    say(`${due / 1_000} s: ${shown.join(', ')}; ${keys} keys; ${indexed} messages, ${recalls} recalls of ${messages}`);
  }
  const fine = report(samples, forMinutes, mostKeys);
  const whole = indexed >= messagesPerSecond * forMinutes * 60 * wholeShare && recalling.done.messages > 0;
  if (!whole) say('the load was not what it should have been: the figures say nothing');
  return fine && whole;
}

function report(samples: ReadonlyMap<string, readonly Memory[]>, forMinutes: number, mostKeys: number): boolean {
  let fine = mostKeys <= keysAtMost;
  say(
    `\nafter ${(forMinutes * warmUpShare).toFixed(1)} minutes of warming up, at ${messagesPerSecond} callbacks a second:`,
  );
  for (const [name, all] of samples) {
    const warm = all.filter(({ at }) => at >= forMinutes * 60 * warmUpShare);
    const growth = (of: 'rss' | 'heap'): number =>
      slopeOf(warm.map((memory) => ({ x: memory.at / 60, y: memory[of] })));
    const [rss, heap] = [growth('rss'), growth('heap')];
    fine &&= rss < growsAtMost && heap < growsAtMost;
    say(`  ${name.padEnd(9)} ${signed(rss)} MB a minute, heap after collection ${signed(heap)}`);
  }
  say(`  Redis     ${mostKeys} keys at most`);
  say(fine ? 'within bounds' : `out of bounds: less than ${growsAtMost} MB a minute, ${keysAtMost} keys at most`);
  return fine;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(2)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
