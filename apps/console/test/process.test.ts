import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, spawnProcess, type TestDatabase } from '@chat-recall/testkit';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const token = 'a-token-of-sixteen-or-more';
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const good = (): Record<string, string> => ({
  DATABASE_URL: database.url,
  TENCENT_SDK_APP_ID: '1400000000',
  CONSOLE_PORT: '0',
  CONSOLE_ADMIN_TOKEN: token,
});

test('faults of the configuration are told all at once, with exit code 78 and no stack trace', async () => {
  const run = await spawnProcess({
    script,
    env: {
      CONSOLE_PORT: '99999',
      CONSOLE_ADMIN_TOKEN: 'short',
      TENCENT_SDK_APP_ID: 'x',
      DATABASE_POOL_SIZE: '1',
      LOG_LEVEL: 'loud',
      REDIS_URL: 'nonsense',
    },
  });
  expect(await run.exited).toEqual({ code: 78, signal: null });
  const told = run.lines.filter((line) => line.startsWith('  ')).map((line) => line.trim().split(':', 1)[0]);
  expect(new Set(told)).toEqual(
    new Set([
      'CONSOLE_ADMIN_TOKEN',
      'CONSOLE_PORT',
      'DATABASE_POOL_SIZE',
      'DATABASE_URL',
      'LOG_LEVEL',
      'REDIS_URL',
      'TENCENT_SDK_APP_ID',
    ]),
  );
  expect(run.lines.join('\n')).not.toMatch(/short|\bat \S+:\d+/u);
});

test.each([
  ['no token', { CONSOLE_ADMIN_TOKEN: '' }, 'CONSOLE_ADMIN_TOKEN: must be set'],
  [
    'a token that no header can carry',
    { CONSOLE_ADMIN_TOKEN: 'with spaces and ümlaut' },
    'CONSOLE_ADMIN_TOKEN: expected',
  ],
  ['a prefix that is no schema', { QUEUE_PREFIX: 'a-b' }, 'QUEUE_PREFIX: expected'],
])('%s', async (_what, change, told) => {
  const run = await spawnProcess({ script, env: { ...good(), ...change } });
  expect((await run.exited).code).toBe(78);
  expect(run.lines.join('\n')).toContain(told);
});

test('a database that is not migrated is told with the command to run', async () => {
  const run = await spawnProcess({
    script,
    env: { ...good(), DATABASE_URL: database.url.replace(/\/[^/]*$/u, '/postgres') },
  });
  expect((await run.exited).code).toBe(1);
  expect(run.lines.join('\n')).toMatch(/npm run migrate/u);
});

test('it runs by the environment alone, warns of misspelt names, and stops when told', async () => {
  const run = await spawnProcess({ script, env: { ...good(), CONSOLE_PROT: '1' } });
  const { url } = await run.waitForLog((entry) => typeof entry['url'] === 'string');
  await run.waitForReady(`${String(url)}/readyz`);
  expect(run.lines.some((line) => line.includes('CONSOLE_PROT'))).toBe(true);
  const page = await fetch(String(url));
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<title>chat-recall</title>');
  const metrics = await (await fetch(`${String(url)}/metrics`)).text();
  expect(
    metrics
      .split('\n')
      .some((line) => /^chat_recall_console_request_seconds_count\{.*route="\/readyz",status="200"\} \d/u.test(line)),
  ).toBe(true);
  expect((await fetch(`${String(url)}/api/v1/recalls`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(
    200,
  );
  expect(await run.stop()).toEqual({ code: 0, signal: null });
  expect(run.lines.join('\n')).not.toContain(token);
});
