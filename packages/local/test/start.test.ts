import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import { eventually, freePort, spawnProcess, type SpawnedProcess } from '@chat-recall/testkit';
import { makeFolder, removeFolders } from './fixtures/servers.ts';

const script = fileURLToPath(new URL('../dist/start.js', import.meta.url));

interface Message {
  readonly groupId: string;
  readonly msgSeq: number;
  readonly sender: string;
  readonly text: string;
}

interface Started {
  readonly process: SpawnedProcess;
  readonly url: string;
  ask<B>(method: string, path: string, body?: object): Promise<B>;
  newest(): Promise<readonly Message[]>;
}

let running: SpawnedProcess | undefined;
afterEach(async () => {
  await running?.stop('SIGINT', 30_000);
  running = undefined;
});
afterAll(removeFolders);

/** What `npm start` runs after the build, on ports and data of its own. */
async function start(data: string): Promise<Started> {
  const process = await spawnProcess({
    script,
    args: ['--data', data],
    env: {
      PATH: globalThis.process.env['PATH'] ?? '',
      WEBHOOK_PORT: String(await freePort()),
      CONSOLE_PORT: '0',
      WORKER_PORT: '0',
      STANDIN_PORT: '0',
    },
  });
  running = process;
  const token = /: (\S+)$/u.exec(await process.waitForLine(/admin token, for this run/u, 60_000))?.[1] ?? '';
  const url = /http:\S+/u.exec(await process.waitForLine(/^ {2}console /u))?.[0] ?? '';
  async function ask<B>(method: string, path: string, body?: object): Promise<B> {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as B;
  }
  const newest = async (): Promise<readonly Message[]> =>
    (await ask<{ items: readonly Message[] }>('GET', '/api/v1/messages?limit=1000')).items;
  return { process, url, ask, newest };
}

test('starts from nothing: living traffic, a recall by sender; Ctrl-C stops it and the data stay', async () => {
  const data = join(makeFolder(), 'data');
  const first = await start(data);
  const page = await fetch(first.url, { headers: { accept: 'text/html' } });
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await page.text()).toContain('<div id="root">');

  const some = await eventually(async () => {
    const messages = await first.newest();
    return messages.length > 0 && messages;
  });
  await eventually(async () => (await first.newest()).length > some.length, { what: 'more messages' });
  const health = await eventually(async () => {
    const now = await first.ask<{ ingest: { perSecond: number; lastCallbackAt: string | null } }>(
      'GET',
      '/api/v1/health',
    );
    return now.ingest.perSecond > 0 && now;
  });
  expect(health.ingest.lastCallbackAt).not.toBeNull();

  const sender = some[0]?.sender ?? '';
  const { id } = await first.ask<{ id: string }>('POST', '/api/v1/recalls', {
    selector: { senders: [sender] },
    reason: 'a first try',
  });
  const done = await eventually(async () => {
    const recall = await first.ask<{ state: string; counts: { recalled: number } }>('GET', `/api/v1/recalls/${id}`);
    return recall.state.startsWith('completed') && recall;
  });
  expect(done.counts.recalled).toBeGreaterThan(0);

  const { process } = first;
  expect(await process.stop('SIGINT', 30_000)).toEqual({ code: 0, signal: null });
  expect(process.lines.join('\n')).toContain('Ctrl-C; stopping');
  // pino's levels: 50 is `error`.
  expect(process.lines.filter((line) => /^\{"level":[56]0/u.test(line))).toEqual([]);

  const second = await start(data);
  const kept = new Set((await second.newest()).map(({ groupId, msgSeq }) => `${groupId} ${msgSeq}`));
  expect(some.filter(({ groupId, msgSeq }) => !kept.has(`${groupId} ${msgSeq}`))).toEqual([]);
}, 120_000);
