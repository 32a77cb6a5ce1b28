import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createPool } from '@chat-recall/shared/db';

import { createTestDatabase, eventually, spawnProcess } from '@chat-recall/testkit';
import { startDatabaseProxy, type DatabaseProxy } from './database-proxy.ts';
import { appId, ok, recalled, sent, startReceiver, token, type Answer, type AtWork } from './receiver-at-work.ts';
import { callbacks, createWebhookSender } from '@chat-recall/simulator';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spooling-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const segments = (): string[] => readdirSync(dir).filter((name) => name.endsWith('.ndjson'));

describe('while the database is away', () => {
  let work: AtWork;
  let proxy: DatabaseProxy;
  async function start(env: Record<string, string> = {}): Promise<void> {
    work = await startReceiver({ METRICS_PORT: '0', WEBHOOK_SPOOL_DIR: dir, ...env }, async (databaseUrl) => {
      proxy = await startDatabaseProxy(databaseUrl);
      return proxy.url;
    });
  }
  afterEach(async () => {
    await proxy.up();
    await work.end();
    await proxy.close();
  });

  const indexed = async (): Promise<unknown[]> => (await work.rows('messages', 'msg_seq')).map((row) => row['msg_seq']);
  async function ready(): Promise<{ status: number; body: { parts: Record<string, string> } }> {
    const response = await fetch(`${work.receiver.url}/readyz`);
    return { status: response.status, body: (await response.json()) as { parts: Record<string, string> } };
  }

  test('nobody is refused, and nothing is missing afterwards', async () => {
    await start();
    expect(await work.post(sent({ MsgSeq: 1 }))).toEqual(ok);
    await proxy.down();
    const seqs = Array.from({ length: 50 }, (_, at) => at + 2);
    expect(await Promise.all(seqs.map((MsgSeq) => work.post(sent({ MsgSeq }))))).toEqual(seqs.map(() => ok));
    expect(await work.post(recalled({ MsgSeqList: [{ MsgSeq: 1 }, { MsgSeq: 77 }] }))).toEqual(ok);
    expect(await work.post(sent({ GroupId: 'not seen before' }))).toEqual(ok);
    const state = await eventually(async () => {
      const answer = await ready();
      return answer.body.parts['database']?.startsWith('away') === true && answer;
    });
    expect([state.status, state.body.parts['spool']]).toEqual([200, expect.stringMatching(/^\d+ bytes wait$/u)]);
    const metrics = await (await fetch(`${work.receiver.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/chat_recall_spool_bytes\{[^}]*\} [1-9]\d+\n/u);
    expect(metrics).toMatch(/result="spooled",[^}]*\} 51\n/u);

    await proxy.up();
    await eventually(async () => (await indexed()).length === 52);
    await eventually(() => segments().length === 0);
    expect((await work.rows('recall_marks', 'msg_seq')).map((row) => row['msg_seq'])).toEqual([1, 77]);
    expect(await work.post(sent({ MsgSeq: 60 }))).toEqual(ok);
    // The answer is used again for half a second.
    await eventually(async () => (await ready()).body.parts['database'] === 'ok');
    expect((await ready()).body.parts).toEqual({ database: 'ok', spool: 'ok' });
    expect(work.log.join('')).not.toContain('words');
  });

  test('a server that answers nothing any more costs nobody the platform’s patience', async () => {
    await start();
    expect(await work.post(sent({ MsgSeq: 1 }))).toEqual(ok);
    proxy.silent();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at): Promise<Answer> => work.post(sent({ MsgSeq: at + 2 }))),
    );
    expect(answers).toEqual(answers.map(() => ok));
    await proxy.up();
    await eventually(async () => (await indexed()).length === 21);
  });

  test('what the database refuses for its content is set aside in the replay, and the rest goes in', async () => {
    await start();
    expect(await work.post(sent({ MsgSeq: 1 }))).toEqual(ok);
    await proxy.down();
    for (const MsgSeq of [2, 3, 4]) expect(await work.post(sent({ MsgSeq }))).toEqual(ok);
    await work.pool.query('alter table messages add constraint odd check (msg_seq <> 3) not valid');
    await proxy.up();
    await eventually(async () => (await indexed()).length === 3);
    expect(await indexed()).toEqual([1, 2, 4]);
    expect(await work.rows('quarantine', 'id')).toHaveLength(1);
    await eventually(() => segments().length === 0);
  });

  test('what another version left is set aside, and the rest goes in', async () => {
    const lines = [{ content: { kind: 'message', msgSeq: 3 }, appId, command: 'x', receivedAt: 1, raw: '' }, {}];
    writeFileSync(join(dir, '000000000001.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    await start();
    await proxy.down();
    for (const change of [{ MsgSeq: 1 }, { MsgSeq: 2, EventTime: undefined, TopicId: 't' }]) {
      expect(await work.post(sent(change))).toEqual(ok);
    }
    await proxy.up();
    await eventually(async () => (await indexed()).length === 2);
    await eventually(() => segments().length === 0);
    expect(readdirSync(dir)).toContain('000000000001.ndjson.bad');
  });

  test('a full spool is a 503, and says so', async () => {
    await start({ WEBHOOK_SPOOL_MAX_MB: '1' });
    expect(await work.post(sent({ MsgSeq: 1 }))).toEqual(ok);
    await proxy.down();
    const long = { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x'.repeat(100_000) } }] };
    const statuses: number[] = [];
    for (let seq = 2; seq < 16; seq += 1) statuses.push((await work.post(sent({ MsgSeq: seq, ...long }))).status);
    const taken = statuses.filter((status) => status === 200).length;
    expect(taken).toBeGreaterThan(1);
    expect(statuses).toEqual([
      ...Array.from({ length: taken }, () => 200),
      ...Array.from({ length: 14 - taken }, () => 503),
    ]);
    // The answer is used again for half a second.
    const state = await eventually(async () => {
      const answer = await ready();
      return answer.status === 503 ? answer : undefined;
    });
    expect(state.body.parts['spool']).toMatch(/^full: \d+ bytes wait$/u);
    const spoolRefuses = async (): Promise<string | undefined> => {
      const metrics = await (await fetch(`${work.receiver.metricsUrl}/metrics`)).text();
      return /chat_recall_spool_refuses\{[^}]*\} (\d)\n/u.exec(metrics)?.[1];
    };
    expect(await spoolRefuses()).toBe('1');
    await proxy.up();
    await eventually(async () => (await indexed()).length === taken + 1);
    await eventually(async () => (await ready()).status === 200);
    expect(await spoolRefuses()).toBe('0');
  });

  test('without texts in the index there are none on the disk, either', async () => {
    await start({ INDEX_TEXT: 'none' });
    expect(await work.post(sent({ MsgSeq: 1 }))).toEqual(ok);
    await proxy.down();
    const body = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'canary-text' } }];
    expect(await work.post(sent({ MsgSeq: 2, MsgBody: body }))).toEqual(ok);
    expect(
      segments()
        .map((name) => readFileSync(join(dir, name), 'utf8'))
        .join(''),
    ).not.toContain('canary-text');
    expect(segments()).toHaveLength(1);
  });
});

test('kill -9 while the database is away loses nothing that was answered', async () => {
  const database = await createTestDatabase();
  const proxy = await startDatabaseProxy(database.url);
  const env = {
    DATABASE_URL: proxy.url,
    TENCENT_SDK_APP_ID: String(appId),
    WEBHOOK_TOKEN: token,
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_PORT: '0',
    WEBHOOK_SPOOL_DIR: dir,
  };
  const script = new URL('../dist/main.js', import.meta.url).pathname;
  const answered = new Set<number>();
  let seq = 0;
  /** Posts until the receiver is gone, or so many are answered. */
  async function post(url: string, upTo: number): Promise<void> {
    const sender = createWebhookSender({ url: `${url}/callback`, sdkAppId: appId, token, connections: 8 });
    const feed = function* () {
      while (answered.size < upTo) {
        seq += 1;
        yield callbacks.afterSendMsg({
          groupId: 'g',
          type: 'Public',
          from: 'ann',
          msgSeq: seq,
          msgTime: 1_760_000_000,
          random: seq,
          body: [],
          eventTime: 1,
        });
      }
    };
    await sender.sendMany(feed(), {
      onResult: ({ ok: fine }, body) => {
        if (fine) answered.add(Number(body['MsgSeq']));
      },
    });
    await sender.close();
  }

  for (let round = 1; round <= 4; round += 1) {
    if (round === 2) await proxy.down();
    const receiver = await spawnProcess({ script, env });
    const { url } = (await receiver.waitForLog(({ msg }) => msg === 'ready')) as { url: string };
    const upTo = answered.size + 300;
    const posting = post(url, upTo);
    await eventually(() => answered.size > upTo - 200);
    await receiver.kill();
    answered.add(-round);
    // The feed ends once it has posted the rest to nobody.
    for (let filler = 0; answered.size < upTo; filler += 1) answered.add(-1_000 * round - filler);
    await posting;
  }
  await proxy.up();
  const last = await spawnProcess({ script, env });
  await last.waitForLog(({ msg }) => msg === 'ready');
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const wanted = [...answered].filter((one) => one > 0);
  await eventually(async () => {
    const { rows } = await pool.query('select msg_seq from messages');
    const held = new Set(rows.map((row: { msg_seq: number }) => row.msg_seq));
    return wanted.every((one) => held.has(one));
  });
  await eventually(() => segments().length === 0);
  await last.stop();
  await pool.end();
  await proxy.close();
  await database.drop();
});
