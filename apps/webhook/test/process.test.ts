import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { callbackUrl, createWebhookSender, type CallbackBody } from '@chat-recall/simulator';
import { createTestDatabase, spawnProcess, type SpawnedProcess, type TestDatabase } from '@chat-recall/testkit';
import { appId, sendCommand, sent, token } from './receiver-at-work.ts';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function environment(change: Record<string, string> = {}): Record<string, string> {
  return {
    DATABASE_URL: database.url,
    TENCENT_SDK_APP_ID: String(appId),
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_PORT: '0',
    WEBHOOK_PATH: '/s3cret/callback',
    WEBHOOK_TOKEN: token,
    ...change,
  };
}

async function start(change: Record<string, string> = {}): Promise<{ receiver: SpawnedProcess; url: string }> {
  const receiver = await spawnProcess({ script, env: environment(change) });
  const { url } = await receiver.waitForLog((entry) => entry['msg'] === 'ready');
  return { receiver, url: String(url) };
}

function signedUrl(url: string): URL {
  const requestTime = Math.floor(Date.now() / 1000);
  return new URL(
    callbackUrl({ url: `${url}/s3cret/callback`, sdkAppId: appId, command: sendCommand, token, requestTime }),
  );
}

describe('the process', () => {
  test('runs by the environment alone, tells where without the secret path, and stops on SIGTERM', async () => {
    const { receiver, url } = await start({ METRICS_PORT: '0', WEBHOOK_TOKN: 'x', TENCENT_SECRET_KEY: 'not taken' });
    await receiver.waitForReady(`${url}/readyz`);
    expect((await fetch(signedUrl(url), { method: 'POST', body: JSON.stringify(sent()) })).status).toBe(200);
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    const { url: metricsUrl } = await receiver.waitForLog((entry) => entry['msg'] === 'metrics listening');
    expect((await fetch(`${String(metricsUrl)}/metrics`)).headers.get('content-type')).toMatch(/^text\/plain/u);
    expect(await receiver.stop()).toEqual({ code: 0, signal: null });
    const output = receiver.lines.join('\n');
    expect(output).toContain('WEBHOOK_TOKN');
    expect(output).not.toMatch(/s3cret|first-token|parcel/u);
    expect((await pool.query('select 1 from messages')).rowCount).toBe(1);
  });

  test('answers what is in hand when it is stopped, and takes nothing new', async () => {
    const { receiver, url } = await start();
    // The table is locked: the callbacks wait for their commit.
    const client = await pool.connect();
    await client.query('begin; lock table messages in exclusive mode');
    const waiting = Array.from({ length: 20 }, (_, at) =>
      fetch(signedUrl(url), { method: 'POST', body: JSON.stringify(sent({ MsgSeq: 100 + at })) }),
    );
    await pause(300);
    const stopped = receiver.stop();
    await receiver.waitForLog((entry) => entry['msg'] === 'stopping');
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
    await client.query('commit');
    client.release();
    const answers = await Promise.all(waiting);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect((await pool.query('select 1 from messages where msg_seq >= 100')).rowCount).toBe(20);
  });

  test('what it has answered is stored, though it is killed in the middle', async () => {
    const { receiver, url } = await start();
    const sender = createWebhookSender({ url: `${url}/s3cret/callback`, sdkAppId: appId, token, connections: 32 });
    const answered: number[] = [];
    const bodies = Array.from({ length: 20_000 }, (_, at) => sent({ MsgSeq: 10_000 + at }) as CallbackBody);
    const sending = sender.sendMany(bodies, {
      onResult({ ok }, body) {
        if (ok) answered.push(Number(body['MsgSeq']));
        if (answered.length === 1_500) void receiver.kill();
      },
    });
    await receiver.exited;
    await sending;
    await sender.close();
    const { rows } = await pool.query<{ msg_seq: number }>('select msg_seq from messages where msg_seq >= 10000');
    const stored = new Set(rows.map((row) => row.msg_seq));
    expect(answered.length).toBeGreaterThanOrEqual(1_500);
    expect(answered.length).toBeLessThan(20_000);
    expect(answered.filter((seq) => !stored.has(seq))).toEqual([]);
  });

  test('keeps connections open, through many callbacks and a pause', async () => {
    const { receiver, url } = await start();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    for (let msgSeq = 1_000; msgSeq < 1_010; msgSeq += 1) {
      // Longer than Node's own limit of 5 s for idle connections.
      if (msgSeq === 1_005) await pause(6_500);
      const body = JSON.stringify(sent({ MsgSeq: msgSeq }));
      const { pathname, search } = signedUrl(url);
      socket.write(
        `POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*Connection: keep-alive\r\n[^]*"ErrorCode":0\}$/u);
    }
    socket.destroy();
    await receiver.stop();
  });

  test('connections that were never used do not hold up the end', async () => {
    const { receiver, url } = await start();
    const { hostname, port } = new URL(url);
    const idle = connect(Number(port), hostname);
    await once(idle, 'connect');
    idle.on('error', () => {});
    const began = performance.now();
    expect((await receiver.stop()).code).toBe(0);
    expect(performance.now() - began).toBeLessThan(3_000);
    idle.destroy();
  });
});

describe('a wrong configuration', () => {
  test('is told all at once, with exit code 78 and nothing else', async () => {
    const receiver = await spawnProcess({
      script,
      env: environment({
        DATABASE_URL: '',
        TENCENT_SDK_APP_ID: 'abc-secret',
        WEBHOOK_PORT: '99999',
        WEBHOOK_PATH: 'callback?x=1',
        WEBHOOK_KEEP_RAW: 'maybe',
        LOG_LEVEL: 'loud',
      }),
    });
    expect(await receiver.exited).toEqual({ code: 78, signal: null });
    const output = receiver.lines.join('\n');
    for (const name of [
      'DATABASE_URL',
      'TENCENT_SDK_APP_ID',
      'WEBHOOK_PORT',
      'WEBHOOK_PATH',
      'WEBHOOK_KEEP_RAW',
      'LOG_LEVEL',
    ]) {
      expect(output).toContain(`${name}: `);
    }
    expect(output).not.toMatch(/abc-secret|at .*\.js/u);
  });

  test.each([
    ['no token', { WEBHOOK_TOKEN: '' }],
    ['only separators', { WEBHOOK_TOKEN: ' , ,' }],
  ])('%s', async (_what, change) => {
    const receiver = await spawnProcess({ script, env: environment(change) });
    expect((await receiver.exited).code).toBe(78);
    expect(receiver.lines.join('\n')).toContain('WEBHOOK_TOKEN: must be set, unless WEBHOOK_ALLOW_UNSIGNED=true');
  });

  test('a token may come from a file', async () => {
    const { receiver } = await start({ WEBHOOK_TOKEN: '', WEBHOOK_TOKEN_FILE: fileURLToPath(import.meta.url) });
    expect((await receiver.stop()).code).toBe(0);
  });
});

describe('what keeps it from starting', () => {
  test('a database that is not migrated: the command to run, exit code 1', async () => {
    await pool.query('create schema empty');
    const url = new URL(database.url);
    url.searchParams.set('options', '-c search_path=empty');
    const receiver = await spawnProcess({ script, env: environment({ DATABASE_URL: url.href }) });
    expect((await receiver.exited).code).toBe(1);
    expect(receiver.lines.join('\n')).toContain('npm run migrate');
    expect(receiver.lines.join('\n')).not.toMatch(/at .*\.js/u);
  });

  test('a port that is taken', async () => {
    const { receiver, url } = await start();
    const second = await spawnProcess({ script, env: environment({ WEBHOOK_PORT: new URL(url).port }) });
    expect((await second.exited).code).toBe(1);
    expect(second.lines.join('\n')).toContain('EADDRINUSE');
    await receiver.stop();
  });
});
