import { randomBytes } from 'node:crypto';
import { createDisposals } from '@chat-recall/shared/lifecycle';
import { migrate } from '@chat-recall/shared/db';
import { createStandIn, createWebhookSender, type StoredMessage } from '@chat-recall/simulator';
import Table from 'cli-table3';
import pg from 'pg';
import { compare, type Finding } from './demo/check.ts';
import { createApi, runRecall, type DemoRecall } from './demo/recalls.ts';
import { abuser, holdsWord, keyword, live, lobby, market, playScene } from './demo/scene.ts';
import { freePort } from './postgres/free-port.ts';
import { startEmbeddedPostgres } from './postgres/start-embedded-postgres.ts';
import { eventually } from './processes/eventually.ts';
import { startSystem } from './system/start-system.ts';

const sdkAppId = 1_400_000_000;
const startedAt = performance.now();
const disposals = createDisposals();
process.once('SIGINT', () => void disposals.run().then(() => process.exit(130)));

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function demo(): Promise<boolean> {
  const secretKey = randomBytes(32).toString('hex');
  const webhookToken = randomBytes(16).toString('hex');
  const adminToken = randomBytes(24).toString('hex');

  say('Starting Postgres, receiver, worker, console and the stand-in of Tencent Cloud Chat …');
  const postgres = await startEmbeddedPostgres({ persistent: false, durable: true });
  disposals.add('postgres', () => postgres.stop());
  await migrate({ databaseUrl: postgres.url });
  const receiverPort = await freePort();
  const receiverUrl = `http://127.0.0.1:${receiverPort}/callback`;
  const standIn = await createStandIn({ sdkAppId, secretKey, webhook: { url: receiverUrl, token: webhookToken } });
  disposals.add('stand-in', () => standIn.close());
  const system = await startSystem({
    databaseUrl: postgres.url,
    redisUrl: process.env['REDIS_URL'],
    sdkAppId,
    secretKey,
    apiUrl: standIn.url,
    webhookToken,
    adminToken,
    workers: 2,
    ports: { webhook: receiverPort, console: 0, worker: 0 },
    environment: { LOG_LEVEL: 'info' },
  });
  disposals.add('processes', () => system.stop());
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  disposals.add('pool', () => pool.end());
  say(
    `Ready after ${seconds()} s: receiver, 2 workers, console; queues on ${process.env['REDIS_URL'] ? 'Redis' : 'Postgres'}.`,
  );

  const now = Math.floor(Date.now() / 1_000);
  const { callbacks, onlineOnly } = playScene(standIn, now);
  const sender = createWebhookSender({
    url: receiverUrl,
    sdkAppId,
    token: webhookToken,
    duplicate: 0.01,
    reorderWindow: 50,
    seed: 7,
  });
  disposals.add('sender', () => sender.close());
  const sent = await sender.sendMany(callbacks);
  say(
    `\nPosted ${sent.posted} signed callbacks (${sent.duplicated} of them twice, out of order) in ${(sent.durationMs / 1_000).toFixed(1)} s: ` +
      `${Math.round((sent.posted / sent.durationMs) * 1_000)} a second, answered after commit, p99 ${sent.p99Ms.toFixed(0)} ms.`,
  );
  const { rows } = await pool.query<{ n: string }>('select count(*) as n from messages');
  const stored: StoredMessage[] = [...standIn.messages()].filter(({ system: tip }) => !tip);
  const indexed: Finding = {
    what: `messages (without ${onlineOnly} online-only ones)`,
    database: Number(rows[0]?.n),
    ledger: stored.length,
    agree: Number(rows[0]?.n) === stored.length && sent.ok === sent.posted,
  };

  const api = createApi(system.console.url, adminToken);
  const iso = (unixSeconds: number): string => new Date(unixSeconds * 1_000).toISOString();
  const window = { from: now - 3 * 3_600, to: now - 3 * 3_600 + 900 };
  const asked = [
    { title: `sender ${abuser}`, selector: { senders: [abuser] }, matches: (m: StoredMessage) => m.from === abuser },
    {
      title: `keyword ${keyword}`,
      selector: { keywords: [keyword] },
      matches: (m: StoredMessage) => holdsWord(m.body.map(visible), keyword),
    },
    {
      title: '15 minutes of one group',
      selector: { groupIds: [market], sentFrom: iso(window.from), sentTo: iso(window.to) },
      matches: (m: StoredMessage) => m.groupId === market && m.msgTime >= window.from && m.msgTime < window.to,
    },
    {
      title: '12 named sequences',
      selector: {
        messages: [{ groupId: lobby, msgSeqs: [...Array.from({ length: 10 }, (_, at) => 40 + at), 900_001, 900_002] }],
      },
      matches: null,
    },
  ];
  const table = new Table({
    head: [
      'recall by',
      'state',
      'matched',
      'planned',
      'recalled',
      'not found',
      'expired',
      'failed',
      'unknown',
      'calls',
      'as the stand-in counts',
    ],
    style: { head: [], border: [] },
  });
  const findings: Finding[] = [indexed];
  for (const { title, selector, matches } of asked) {
    const expected = matches === null ? 12 : stored.filter(matches).length;
    const recall = await runRecall(api, { selector, reason: `demo: ${title}` }, (done, total) =>
      progress(title, done, total),
    );
    table.push(rowOf(title, recall, expected));
    findings.push({
      what: `matched by ${title}`,
      database: recall.counts['matched'] ?? 0,
      ledger: expected,
      agree: recall.counts['matched'] === expected,
    });
  }
  progressDone();
  say(`\n${table.toString()}`);
  say(
    `Expired: messages of the live group ${live} that are older than an hour. Not found: sequences that were never sent.\n`,
  );

  await standIn.settled();
  await eventually(async () => (await compare(pool, standIn)).every(({ agree }) => agree), { timeoutMs: 3_000 }).catch(
    () => {},
  );
  findings.push(...(await compare(pool, standIn)));
  const proof = new Table({ head: ['read back', 'database', 'stand-in', ''], style: { head: [], border: [] } });
  for (const { what, database, ledger, agree } of findings)
    proof.push([what, database, ledger, agree ? 'agree' : 'DIFFER']);
  say(proof.toString());
  return findings.every(({ agree }) => agree);
}

/** What of an element people see: URLs and ids are not searched. */
function visible({
  MsgContent: { Url: _u, UUID: _i, CompatibleText: _c, ...content },
}: {
  MsgContent: Record<string, unknown>;
}): unknown {
  return content;
}

function rowOf(title: string, { state, counts, batches }: DemoRecall, expected: number): (string | number)[] {
  const count = (name: string): number => counts[name] ?? 0;
  return [
    title,
    state,
    count('matched'),
    count('planned'),
    count('recalled'),
    count('notFound'),
    count('expired'),
    count('failed'),
    count('unknown'),
    batches.total,
    expected,
  ];
}

function progress(title: string, done: number, total: number): void {
  if (!process.stdout.isTTY) return;
  const width = 30;
  const filled = total === 0 ? 0 : Math.round((done / total) * width);
  process.stdout.write(
    `\r\u001B[K${title.padEnd(26)} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total} calls`,
  );
}

function progressDone(): void {
  if (process.stdout.isTTY) process.stdout.write('\r\u001B[K');
}

function seconds(): string {
  return ((performance.now() - startedAt) / 1_000).toFixed(1);
}

try {
  const agreed = await demo();
  await disposals.run();
  say(agreed ? `\nAll figures agree. ${seconds()} s in all.` : '\nFigures DIFFER: see the table.');
  process.exitCode = agreed ? 0 : 1;
} catch (error) {
  await disposals.run();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
