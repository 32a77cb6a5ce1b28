import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../src/config.ts';
import { createTraffic } from '../src/index.ts';
import { closeAll, start } from './signed-calls.ts';

afterAll(closeAll);

const good = { STANDIN_SDK_APP_ID: '1400099001', STANDIN_SECRET_KEY: 'key' };

describe('configuration', () => {
  test('defaults', () => {
    expect(readConfig({ ...good, HOME: '/root' })).toEqual({
      warnings: [],
      config: {
        host: '127.0.0.1',
        port: 8090,
        sdkAppId: 1400099001,
        secretKey: 'key',
        webhookUrl: undefined,
        webhookToken: undefined,
        adminToken: undefined,
        trafficPerSecond: 0,
      },
    });
  });

  test('all problems at once, each with its name', () => {
    const read = readConfig({
      STANDIN_PORT: '70000',
      STANDIN_TRAFFIC_PER_SECOND: 'lots',
      STANDIN_WEBHOOK_URL: 'http://127.0.0.1/callback?x=1',
      STANDIN_ADMIN_TOKEN_FILE: '/nowhere/token',
      STANDIN_TRAFIC: '5',
    });
    const names = 'problems' in read ? read.problems.map((problem) => problem.split(' ')[0]) : [];
    expect(names.toSorted()).toEqual([
      'STANDIN_ADMIN_TOKEN_FILE',
      'STANDIN_PORT',
      'STANDIN_SDK_APP_ID',
      'STANDIN_SECRET_KEY',
      'STANDIN_TRAFFIC_PER_SECOND',
      'STANDIN_WEBHOOK_URL',
    ]);
    expect(read.warnings).toEqual(['STANDIN_TRAFIC is not known: a typo?']);
  });

  test('secrets may come as files', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'standin-'));
    await writeFile(join(folder, 'key'), 'from-a-file\n');
    const read = readConfig({ STANDIN_SDK_APP_ID: '1', STANDIN_SECRET_KEY_FILE: join(folder, 'key') });
    expect('config' in read && read.config.secretKey).toBe('from-a-file');
    await rm(folder, { recursive: true });
  });
});

test('traffic goes into groups, a topic and a live group, at its rate', async () => {
  const standIn = await start();
  const traffic = createTraffic(standIn, { perSecond: 25 });
  for (let step = 0; step < 40; step += 1) traffic.advance(100);
  const messages = [...standIn.messages()];
  expect(messages).toHaveLength(100);
  expect(new Set(messages.map((message) => message.groupId)).size).toBe(4);
  expect(messages.some((message) => message.topicId !== null)).toBe(true);
  standIn.reset();
  traffic.advance(1000);
  expect([...standIn.messages()]).toHaveLength(25);
});

describe('the process (as built)', () => {
  const run = (env: Record<string, string>) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL('../dist/main.js', import.meta.url))], { env });
    child.stdout.setEncoding('utf8');
    child.stderr.setEncoding('utf8');
    return child;
  };

  test('bad configuration: every name, exit 78, no stack trace', async () => {
    const child = run({ STANDIN_PORT: 'x' });
    let said = '';
    child.stderr.on('data', (chunk: string) => (said += chunk));
    const [status] = await once(child, 'close');
    expect(status).toBe(78);
    expect(
      said
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['STANDIN_PORT', 'STANDIN_SDK_APP_ID', 'STANDIN_SECRET_KEY']);
  });

  test('it says where it is, lives, and stops cleanly on SIGTERM', async () => {
    const child = run({ ...good, STANDIN_PORT: '0', STANDIN_TRAFFIC_PER_SECOND: '50' });
    const [line] = (await once(child.stdout, 'data')) as [string];
    const url = /http:\S+/.exec(line)?.[0];
    const response = await fetch(`${url}/_standin/ledger/summary`);
    expect(await response.json()).toEqual({ calls: 0, recalled: 0, commands: {} });
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
