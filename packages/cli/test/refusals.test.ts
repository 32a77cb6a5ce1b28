import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { freePort } from '@chat-recall/testkit';
import { recall, type Ran } from './cli.ts';

let at: AtWork;
let environment: Record<string, string>;
let folder: string;
beforeAll(async () => {
  at = await startAtWork();
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
  folder = mkdtempSync(join(tmpdir(), 'recall-cli-'));
});
afterAll(async () => {
  await at.stop();
  rmSync(folder, { recursive: true });
});

const id = '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f';

function cli(...args: string[]): Promise<Ran> {
  return recall(args, environment);
}

test.each<[string[], RegExp]>([
  [['nothing'], /there is no command nothing/u],
  [['tokens', 'nothing'], /there is no command nothing[^]*`recall tokens --help`/u],
  [['list', '--nothing'], /^--nothing: there is no such flag\n`recall list --help`/u],
  [['show'], /^ID: is missing/u],
  [['show', 'x'], /^ID: must be the id/u],
  [['show', id, id], /one argument too many/u],
  [['search', '--sender'], /^--sender: needs a value/u],
  [['search', '--since', 'soon'], /^--since: soon must be a number and a unit/u],
  [['search', '--from', 'yesterday'], /^--from: yesterday must be a time with its zone/u],
  [['search', '--since', '1h', '--from', '2026-11-21T00:00:00Z'], /^--since: cannot be given together with --from/u],
  [['search', '--limit', '0'], /^--limit: 0 must be a whole number, 1 or more/u],
  [['list', '--state', 'odd'], /^--state: odd must be one of planning, /u],
  [['list', '--lang', 'fr'], /^--lang: fr must be en or zh/u],
  [['create', '--sender', 'a', '--yes'], /^--reason: is required/u],
  [['create', '--reason', 'r', '--yes'], /^nothing is selected/u],
  [['create', '--sender', 'a', '--reason', 'r'], /^--yes: is needed where nobody can be asked/u],
  [
    ['create', '--sender', 'a', '--reason', 'r', '--yes', '--priority', 'high'],
    /^--priority: high must be one of urgent/u,
  ],
  [['create', '--file', '/nowhere', '--reason', 'r', '--yes'], /^--file: cannot read \/nowhere/u],
  [['create', '--file', '-', '--reason', 'r'], /^--yes: is needed with a file from standard input/u],
  [['execute', id], /^--yes: is needed/u],
  [['plan', id, '--sender', 'a'], /not both/u],
  [['tokens', 'create', '--name', 'x', '--person', 'y'], /^--role: is required/u],
  [['tokens', 'create', '--name', 'x', '--person', 'y', '--role', 'god'], /^--role: god must be one of/u],
  [
    ['tokens', 'create', '--name', 'x', '--person', 'y', '--role', 'viewer', '--expires', 'x'],
    /^--expires: x must be/u,
  ],
  [['protect', 'add', '--reason', 'r'], /^give --sender, or --group and --seq/u],
  [['doctor', '--webhook', 'x'], /^--webhook: x must be a URL/u],
  [['list', '--url', 'nowhere'], /^--url: must be a URL/u],
  [['list', '--url', 'http://u:p@127.0.0.1'], /^--url: must be a URL/u],
])('%j is a usage error: 2', async (args, message) => {
  const { status, out, err } = await cli(...args);
  expect([status, out]).toEqual([2, '']);
  expect(err).toMatch(message);
});

test('what the console finds wrong with a request names the flag: 2', async () => {
  const long = 'x'.repeat(257);
  const { status, err } = await cli('create', '--sender', long, '--keyword', '\u{200b}', '--reason', 'r', '--yes');
  expect(status).toBe(2);
  expect(err).toMatch(/^--sender: must have 256 characters at most$/mu);
  expect(err).toMatch(/^--keyword: holds nothing to search for$/mu);
  const told = await cli('create', '--sender', long, '--reason', 'r', '--yes', '--json');
  expect(JSON.parse(told.out)).toMatchObject({
    error: {
      code: 'invalid_request',
      errors: [{ path: 'selector.senders[0]', flag: '--sender', message: 'must have 256 characters at most' }],
    },
  });
  expect((await cli('search', '--from', '2026-11-22T00:00:00Z', '--to', '2026-11-21T00:00:00Z')).err).toMatch(
    /^--to: must be later/u,
  );
});

test('refusals come in Chinese, too', async () => {
  expect((await recall(['list', '--nothing'], { LANG: 'zh_CN.UTF-8' })).err).toMatch(/^--nothing：没有这个参数/u);
  expect((await recall(['create', '--sender', 'a', '--yes', '--lang', 'zh'])).err).toMatch(/^--reason：必填/u);
  const { status, out } = await recall(['--help'], { LANG: 'zh_CN' });
  expect([status, out]).toEqual([0, expect.stringMatching(/^用法： recall[^]*命令：[^]*退出码/u)]);
});

test('--help and --version: 0; no command: 2, with the list', async () => {
  expect((await cli('create', '--help')).out).toContain('--sender <userId>');
  expect((await cli('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/u);
  for (const args of [[], ['audit']]) {
    const none = await cli(...args);
    expect([none.status, none.out, none.err]).toEqual([2, '', expect.stringContaining('Commands:')]);
  }
});

test('a recall that is not there: 1', async () => {
  expect(await cli('show', id)).toMatchObject({
    status: 1,
    err: expect.stringMatching(/^The console refused: there is no recall/u),
  });
});

test('no token, no file of it, one that cannot be: 2, and it is never printed', async () => {
  const bad = join(folder, 'bad');
  writeFileSync(bad, 'a secret\nwith lines\n');
  const good = join(folder, 'good');
  writeFileSync(good, `${adminToken}\n`);
  const without = { CHAT_RECALL_URL: at.url };
  expect(await recall(['list'], without)).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^CHAT_RECALL_TOKEN: no API token/u),
  });
  expect(await recall(['list', '--token-file', '/nowhere'], without)).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^--token-file: cannot read \/nowhere/u),
  });
  const wrong = await recall(['list', '--token-file', bad], without);
  expect([wrong.status, wrong.err]).toEqual([2, expect.stringMatching(/^--token-file: must hold one token/u)]);
  expect(wrong.err).not.toContain('secret');
  expect(await recall(['list'], { ...without, CHAT_RECALL_TOKEN_FILE: good })).toMatchObject({ status: 0 });
  const refused = await recall(['list'], { ...without, CHAT_RECALL_TOKEN: 'not-the-token' });
  expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('does not accept the token')]);
  expect(refused.err).not.toContain('not-the-token');
});

test('nobody there, or somebody else: 3', async () => {
  const away = await recall(['list'], { ...environment, CHAT_RECALL_URL: `http://127.0.0.1:${await freePort()}` });
  expect([away.status, away.err]).toEqual([
    3,
    expect.stringMatching(/^The console at \S+ cannot be reached: connect ECONNREFUSED/u),
  ]);
  const other: Server = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const html = await recall(['list', '--json'], { ...environment, CHAT_RECALL_URL: url });
  expect([html.status, JSON.parse(html.out)]).toMatchObject([3, { error: { code: 'unreachable' } }]);
  other.close();
});

test('the bin says when it is not built', async () => {
  const { spawnSync } = await import('node:child_process');
  const { cpSync } = await import('node:fs');
  cpSync(new URL('../bin/recall.js', import.meta.url), join(folder, 'package/bin/recall.js'), { recursive: true });
  writeFileSync(join(folder, 'package/package.json'), '{"type":"module"}');
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'package/bin/recall.js')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([2, expect.stringContaining('npm run build')]);
});

test('output that nobody reads to the end is no error', async () => {
  const { spawn } = await import('node:child_process');
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      '--import',
      new URL('../../testkit/register-typescript.js', import.meta.url).pathname,
      new URL('../src/main.ts', import.meta.url).pathname,
      '--help',
    ],
    { env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  expect(err).toBe('');
});
