import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Client } from '@chat-recall/client';
import { adminToken, appId, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { showShare } from '../src/show-share.ts';
import { recall, type Ran } from './cli.ts';

let at: AtWork;
let client: Client;
let pool: Pool;
let environment: Record<string, string>;
let folder: string;
beforeAll(async () => {
  // Nothing is asked for, so that what is missing stays so.
  at = await startAtWork({}, { TENCENT_HISTORY_CALLS_PER_SECOND: '0' });
  client = createClient({ baseUrl: at.url, token: adminToken });
  pool = createPool({ databaseUrl: at.databaseUrl, name: 'test' });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
  folder = mkdtempSync(join(tmpdir(), 'recall-cli-'));
});
afterAll(async () => {
  await pool.end();
  await at.stop();
  rmSync(folder, { recursive: true });
});

const cli = (...args: string[]): Promise<Ran> => recall(args, environment);
async function json(...args: string[]): Promise<{ status: number | null; body: Record<string, unknown> }> {
  const { status, out, err } = await cli(...args, '--json');
  expect(err).toBe('');
  return { status, body: JSON.parse(out) as Record<string, unknown> };
}

function saved(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const msgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'your parcel' } }];
const msgTime = Math.floor(Date.now() / 1_000) - 100;
const sent = (msgSeq: number, more: object = {}): object => ({
  groupId: '@TGS#GAP',
  msgSeq,
  msgTime,
  sender: 'shop',
  msgBody,
  ...more,
});

test('a share is rounded down, and the whole alone is 100 %', () => {
  expect([1, 0.999999, 0.9991, 0.5, 0.29, 0.057, 0].map(showShare)).toEqual([
    '100 %',
    '99.9999 %',
    '99.91 %',
    '50 %',
    '29 %',
    '5.7 %',
    '0 %',
  ]);
});

test('an index that knows nothing says so', async () => {
  expect(await cli('coverage')).toMatchObject({ status: 0, out: 'No conversation is known so far.\n' });
});

test('register takes JSON, NDJSON and what the platform calls it; again is harmless', async () => {
  const array = saved(
    'array.json',
    JSON.stringify([sent(3), sent(10), sent(11, { msgDropReason: 'sensitive' })], null, 2),
  );
  const first = await json('register', array);
  expect(first).toEqual({ status: 0, body: { registered: 2, known: 0, dropped: 1 } });
  const { GroupId, From_Account, ...answer } = {
    GroupId: '@TGS#GAP',
    From_Account: 'shop',
    MsgSeq: 12,
    MsgTime: 1_760_000_102,
  };
  const platform = { GroupId, From_Account, MsgBody: msgBody, ...answer, ActionStatus: 'OK', Random: 5 };
  const lines = [sent(10), platform].map((message) => JSON.stringify(message)).join('\n');
  const piped = await recall(['register', '-'], environment, `${lines}\n\n`);
  expect([piped.status, piped.out]).toEqual([0, 'registered: 1, known already: 1, dropped by the platform: 0\n']);
  const wrapped = saved('wrapped.json', JSON.stringify({ messages: [sent(3)] }));
  expect((await cli('register', wrapped, '--lang', 'zh')).out).toBe('新登记 0 条，已有 1 条，被平台丢弃 0 条\n');
  expect((await client.messages.search({ sender: ['shop'] })).items.map(({ msgSeq }) => msgSeq).sort()).toEqual([
    10, 12, 3,
  ]);
});

test('register sends what a request can hold, however much the file has', async () => {
  const group = { groupId: '@TGS#MANY' };
  const many = Array.from({ length: 1_201 }, (_, n) => JSON.stringify(sent(n + 1, group)));
  expect(await json('register', saved('many.ndjson', many.join('\n')))).toMatchObject({
    status: 0,
    body: { registered: 1_201 },
  });
  const large = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'x'.repeat(12_000) } }];
  const heavy = Array.from({ length: 400 }, (_, n) => JSON.stringify(sent(n + 2_001, { ...group, msgBody: large })));
  expect(await json('register', saved('heavy.ndjson', heavy.join('\n')))).toMatchObject({
    status: 0,
    body: { registered: 400 },
  });
});

test('register names the message that is wrong, and what was taken before it', async () => {
  const wrong = saved(
    'wrong.ndjson',
    [sent(1), { ...sent(2), msgSeq: 0 }].map((one) => JSON.stringify(one)).join('\n'),
  );
  const refused = await cli('register', wrong);
  expect([refused.status, refused.err]).toEqual([2, expect.stringMatching(/^FILE: \S+, message 2: msgSeq: must/u)]);
  const late = Array.from({ length: 501 }, (_, n) =>
    sent(n + 1, { groupId: '@TGS#LATE', ...(n === 500 ? { sender: '' } : {}) }),
  );
  const half = await json('register', saved('late.json', JSON.stringify(late)));
  expect(half).toMatchObject({
    status: 1,
    body: {
      error: {
        code: 'invalid_request',
        message: expect.stringMatching(
          /message 501: sender: [^\n]*\n500 messages of the file are in the index by now/u,
        ),
      },
    },
  });
});

test.each<[string, string, RegExp]>([
  ['empty', '', /holds no message/u],
  ['text', '{"groupId":"a"}\nnot json\n', /line 2: is no JSON object/u],
  ['numbers', '[1]', /message 1: is no JSON object/u],
])('register refuses a file of %s: 2', async (name, text, message) => {
  const { status, out, err } = await cli('register', saved(name, text));
  expect([status, out, err]).toEqual([2, '', expect.stringMatching(message)]);
});

test('coverage: sums in words, and the conversations that miss most', async () => {
  await pool.query(
    `update coverage set history = 'refused' from conversations v
      where v.conversation_id = coverage.conversation_id and v.group_id = '@TGS#LATE'`,
  );
  const { status, body } = await json('coverage');
  expect([status, Object.keys(body).sort()]).toEqual([0, ['items', 'more', 'summary']]);
  expect(Object.keys(body['summary'] as object).sort()).toEqual([
    'conversations',
    'incomplete',
    'live',
    'missing',
    'refused',
    'sequences',
    'share',
    'unreachable',
  ]);
  const items = body['items'] as Record<string, unknown>[];
  expect(Object.keys(items[0] ?? {}).sort()).toEqual([
    'activeAt',
    'failures',
    'firstSeq',
    'gone',
    'groupId',
    'groupType',
    'history',
    'missing',
    'newestSeq',
    'placeholders',
    'recalled',
    'share',
    'system',
    'topicId',
    'unreachable',
  ]);
  const missing = items.map((item) => item['missing'] as number);
  expect(missing).toEqual([...missing].sort((a, b) => b - a));
  const text = await cli('coverage', '--limit', '1');
  expect(text.out).toMatch(
    /^\d[\d.]* % of [\d,]+ sequences in 3 conversations are accounted for\.\n {2}missing: \d+ in 2 conv/u,
  );
  expect(text.out).toContain('history refused: 1 conversation (10007)');
  expect(text.err).toContain('there are more');
  expect(await json('coverage', '--all', '--limit', '1')).toMatchObject({ status: 0, body: { more: false } });
  const one = await json('coverage', '--group', '@TGS#GAP');
  expect(one.body['items']).toEqual([expect.objectContaining({ groupId: '@TGS#GAP', missing: 9, newestSeq: 12 })]);
  expect(one.body['summary']).toMatchObject({ conversations: 1, sequences: 12, missing: 9 });
  expect((await cli('coverage', '--lang', 'zh')).out).toContain('被拒（10007）');
});

test('a plan says how complete its conversations are', async () => {
  const { out } = await cli('plan', '--sender', 'shop', '--group', '@TGS#GAP', '--reason', 'r');
  expect(out).toContain('  in the index: 25 % of the sequences of these conversations, 9 missing\n');
  expect(out).toContain('Warning: 9 sequences of the conversations in question are not in the index yet');
});

test('health and doctor tell of a webhook that is silent, of what is missing and refused', async () => {
  await pool.query(
    `insert into callback_counts (day, app_id, command, count, last_at, details)
    values ((now() at time zone 'UTC')::date, $1, 'Group.CallbackAfterSendMsg', 7, now() - interval '20 minutes', null),
           ((now() at time zone 'UTC')::date, $1, 'Alarm.RequestOverLimit', 2, now(), '{"ActualCount":170}')`,
    [appId],
  );
  await pool.query(`update coverage set told_at = now() - interval '6 minutes'`);
  const health = await json('health');
  expect([health.status, Object.keys(health.body).sort()]).toEqual([
    0,
    ['at', 'batches', 'calls', 'commands', 'coverage', 'errors', 'history', 'ingest', 'silence'],
  ]);
  const { out } = await cli('health');
  expect(out).toMatch(
    /^ALARM +groups speak \(the platform told of new messages 6 min.* ago\), and the last callback came 20 min/u,
  );
  expect(out).toMatch(/^Index +\d+ missing in 2 conversations, history of 1 refused \(10007\): recall coverage$/mu);
  expect(out).toMatch(/^Group\.CallbackAfterSendMsg +7 /mu);
  expect(out).toMatch(/^Alarm\.RequestOverLimit +2 .*\{"ActualCount":170\}$/mu);
  const doctor = await cli('doctor');
  expect(doctor.status).toBe(1);
  expect(doctor.out).toMatch(/^FAILED {2}callbacks: groups speak/mu);
  expect(doctor.out).toMatch(/^look {2}index: \d+ sequences in 2 conversations are not in the index yet$/mu);
  expect(doctor.out).toMatch(/^look {2}history: is refused for 1 conversation \(10007/mu);
  expect((await cli('health', '--lang', 'zh')).out).toMatch(/^告警 /u);
});
