import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { freePort } from '@chat-recall/testkit';
import { recall, type Ran } from './cli.ts';

let at: AtWork;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork();
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
});
afterAll(() => at.stop());

interface Told {
  readonly ok: boolean;
  readonly checks: readonly { name: string; state: string; message: string; advice: string | null }[];
}

async function examined(
  more: Record<string, string> = {},
  ...args: string[]
): Promise<Ran & { told: Told; states: object }> {
  const ran = await recall(['doctor', '--json', ...args], { ...environment, ...more });
  const told = JSON.parse(ran.out) as Told;
  return { ...ran, told, states: Object.fromEntries(told.checks.map(({ name, state }) => [name, state])) };
}

/** A server that says this of its readiness, for one test; it takes no token. */
async function answering(
  headers: () => Record<string, string>,
  body: string,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(({ url }, response) => {
    const known = url === '/readyz';
    response.writeHead(known ? 200 : 401, known ? headers() : { 'content-type': 'application/problem+json' });
    response.end(known ? body : '{"code":"unauthenticated"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  server.closeAllConnections();
  server.close();
}

test('all is well: 0, in words', async () => {
  await at.say([{}]);
  const key = 'ab'.repeat(32);
  const credentials = { TENCENT_SDK_APP_ID: '1400000000', TENCENT_SECRET_KEY: key };
  const { status, states, out } = await examined(credentials, '--webhook', at.callbackUrl);
  expect(status).toBe(0);
  expect(out).not.toContain(key);
  expect(states).toEqual({
    console: 'ok',
    database: 'ok',
    migrations: 'ok',
    queue: 'ok',
    clock: 'ok',
    token: 'ok',
    callbacks: expect.stringMatching(/ok|warning/u),
    worker: 'ok',
    coverage: 'ok',
    history: 'ok',
    credentials: 'ok',
    webhook: 'ok',
  });
  const text = await recall(['doctor', '--lang', 'zh'], environment);
  expect([text.status, text.out]).toEqual([0, expect.stringMatching(/^正常 {2}控制台：在 /u)]);
});

test('nobody there: 3, with what to do; what can be looked at still is', async () => {
  const { status, told, states } = await examined({ CHAT_RECALL_URL: `http://127.0.0.1:${await freePort()}` });
  expect(status).toBe(3);
  expect(told.ok).toBe(false);
  expect(states).toEqual({ console: 'failed', token: 'skipped', credentials: 'skipped', webhook: 'skipped' });
  expect(told.checks[0]?.advice).toContain('npm start');
});

test('something else answers there: 3', async () => {
  await answering(
    () => ({ 'content-type': 'text/html' }),
    '<html>',
    async (url) => {
      const { status, told } = await examined({ CHAT_RECALL_URL: url });
      expect([status, told.checks[0]?.state, told.checks[0]?.advice]).toEqual([
        3,
        'failed',
        expect.stringContaining('--url'),
      ]);
    },
  );
});

test('a wrong or missing token: 1', async () => {
  const wrong = await examined({ CHAT_RECALL_TOKEN: 'not-the-token' });
  expect([wrong.status, wrong.states]).toEqual([1, expect.objectContaining({ console: 'ok', token: 'failed' })]);
  expect(wrong.out).not.toContain('not-the-token');
  expect(await examined({ CHAT_RECALL_TOKEN: '' })).toMatchObject({ status: 1, states: { token: 'failed' } });
});

test.each<[Record<string, string>, string]>([
  [{ TENCENT_SDK_APP_ID: '1400000000' }, 'TENCENT_SECRET_KEY is missing'],
  [{ TENCENT_SECRET_KEY: 'ab'.repeat(32) }, 'TENCENT_SDK_APP_ID is missing'],
  [{ TENCENT_SDK_APP_ID: 'x', TENCENT_SECRET_KEY: 'ab'.repeat(32) }, 'TENCENT_SDK_APP_ID is no SDKAppID'],
  [{ TENCENT_SDK_APP_ID: '1400000000', TENCENT_SECRET_KEY: 'short-key' }, 'TENCENT_SECRET_KEY is not 64'],
])('credentials %j: 1', async (set, message) => {
  const { status, told, out } = await examined(set);
  const found = told.checks.find(({ name }) => name === 'credentials');
  expect([status, found?.state, found?.message]).toEqual([1, 'failed', expect.stringContaining(message)]);
  expect(out).not.toContain('short-key');
});

test('a part of the console that is down is named, and a clock that is off', async () => {
  // Of the moment of the answer: starting the command takes seconds on a busy machine.
  const date = (): string => new Date(Date.now() - 3_600_000).toUTCString();
  const parts = { database: 'ok', migrations: 'ok', queue: 'connect ECONNREFUSED 127.0.0.1:6379' };
  const body = JSON.stringify({ ready: false, parts });
  await answering(
    () => ({ 'content-type': 'application/json', date: date() }),
    body,
    async (url) => {
      const { status, told, states } = await examined({ CHAT_RECALL_URL: url });
      expect(status).toBe(1);
      expect(states).toMatchObject({ console: 'ok', database: 'ok', queue: 'failed', clock: 'failed' });
      const queue = told.checks.find(({ name }) => name === 'queue');
      expect([queue?.message, queue?.advice]).toEqual([parts.queue, expect.stringContaining('REDIS_URL')]);
      expect(told.checks.find(({ name }) => name === 'clock')?.message).toMatch(/off by (?:3599|3600|3601) s/u);
    },
  );
});

test('a webhook that is away, or is another program: 1', async () => {
  const away = await examined({}, '--webhook', `http://127.0.0.1:${await freePort()}/callback`);
  expect([away.status, away.states]).toEqual([1, expect.objectContaining({ webhook: 'failed' })]);
  const other = await examined({}, '--webhook', `${at.url}/callback`);
  expect(other.told.checks.find(({ name }) => name === 'webhook')?.message).toContain('which is not the receiver');
});
