import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Outcome, Recall } from '@chat-recall/shared/recalls';
import { eventually } from '@chat-recall/testkit';
import { startAtWork, token, type AtWork, type Page, type Refused } from './console-at-work.ts';
import { faultsBy } from './documented.ts';

const hostile = [
  '=cmd|x',
  '+1',
  '-2+3',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '＝x',
  '＋x',
  '－x',
  '＠x',
  'a\rb',
  'a\nb',
  'a,"b"\r\nc',
  "'=x",
  '微信 "',
  '<b>&',
  ' =x',
];
let at: AtWork;
let recall: Recall;

beforeAll(async () => {
  at = await startAtWork();
  const now = Date.now();
  await at.say(hostile.map((sender, k) => ({ sender, msgSeq: k + 1, msgTime: now - k * 1_000 })));
  for (let part = 0; part < 5; part += 1) {
    await at.say(
      Array.from({ length: 700 }, (_, k) => ({
        groupId: `@TGS#${part}`,
        topicId: part === 2 ? '@TGS#2@TOPIC#_x' : '',
        msgSeq: k + 1,
        msgTime: now - k,
      })),
    );
  }
  await at.pool.query(`insert into recall_marks (conversation_id, msg_seq, recalled_at, operator)
    select conversation_id, 5, '2026-11-21T08:00:00Z', '=operator' from conversations where group_id = '@TGS#0'`);
  recall = await at.planned({ selector: { senders: [...hostile, 'spammer'], messages: undefined }, reason: 'spam' });
  // Every state and code, as a worker leaves them.
  await at.pool.query(
    `update outcomes set attempts = msg_seq % 4, last_attempt_at = case when msg_seq % 4 > 0 then now() end,
            state = (array['pending','recalled','not_found','expired','not_recallable','failed','unknown','cancelled'])[1 + msg_seq % 8]::outcome_state,
            ret_code = (array[null, 0, 10030, 10031, 10033, 10004, null, null])[1 + msg_seq % 8], presumed = msg_seq % 16 = 1
      where recall_id = $1 and state = 'pending'`,
    [recall.id],
  );
});
afterAll(() => at.stop());

const path = (query = ''): string => `/api/v1/recalls/${recall.id}/outcomes${query}`;

/** What stands in the tables, straight from there. */
async function stored(where = 'true'): Promise<Record<string, unknown>[]> {
  const { rows } = await at.pool.query<Record<string, unknown>>(
    `select c.group_id as "groupId", nullif(c.topic_id, '') as "topicId", o.msg_seq as "msgSeq", o.sender, o.sent_at as "sentAt", o.state::text,
            o.ret_code as "retCode", o.presumed, o.late, o.attempts, o.last_attempt_at as "lastAttemptAt",
            k.callback_at as "confirmedAt", k.verified_at as "verifiedAt", o.disproved_at as "disprovedAt"
       from outcomes o join conversations c using (conversation_id)
       left join recall_marks k on k.conversation_id = o.conversation_id and k.msg_seq = o.msg_seq and o.state = 'recalled'
      where o.recall_id = $1 and ${where}
      order by o.conversation_id desc, o.msg_seq desc`,
    [recall.id],
  );
  return rows.map((row) => JSON.parse(JSON.stringify(row)) as Record<string, unknown>);
}

const plain = ({ meaning: _, recalledBy: __, ...outcome }: Outcome): object => outcome;

describe('as JSON', () => {
  test('the pages hold every row of the table, once', async () => {
    const all = await at.outcomes(recall.id, '&limit=999');
    expect(all.length).toBe(3_500 + hostile.length);
    expect(all.map(plain)).toEqual(await stored());
    const { body } = await at.get<Page<Outcome>>(path());
    expect(body.items).toEqual(all.slice(0, 100));
  });

  test('by state', async () => {
    expect((await at.outcomes(recall.id, '&state=failed,unknown&state=expired&limit=1000')).map(plain)).toEqual(
      await stored(`o.state in ('failed', 'unknown', 'expired')`),
    );
    expect((await at.outcomes(recall.id, '&state=recalled')).filter(({ presumed }) => presumed).length).toBeGreaterThan(
      0,
    );
  });

  test('codes are told in words, in English or Chinese', async () => {
    const meaning = async (language: string): Promise<unknown> =>
      (await at.get<Page<Outcome>>(path('?state=not_found&limit=1'), { 'accept-language': language })).body.items[0]
        ?.meaning;
    for (const language of ['', 'en', 'fr', '*', 'zh;q=0.5, en-GB', 'zh;q=0'])
      expect(await meaning(language)).toBe('The message does not exist.');
    for (const language of ['zh', 'zh-CN', 'zh-Hans-CN,zh;q=0.9,en;q=0.8', 'fr, zh;q=0.1'])
      expect(await meaning(language)).toBe('消息不存在。');
  });

  test('what was recalled already says by whom', async () => {
    const { body } = await at.get<Page<Outcome>>(path('?state=recalled&limit=1000'));
    expect(body.items.filter(({ recalledBy }) => recalledBy !== null)).toMatchObject([
      {
        groupId: '@TGS#0',
        msgSeq: 5,
        attempts: 0,
        recalledBy: { recallId: null, operator: '=operator', at: '2026-11-21T08:00:00.000Z' },
      },
    ]);
  });
});

describe('as CSV', () => {
  test('all rows are those of the table, safe for a spreadsheet', async () => {
    const { status, type, headers, body } = await at.get<string>(path('?limit=1'), { accept: 'text/csv' });
    expect([status, type, headers.get('content-disposition')]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      `attachment; filename="recall-${recall.id}-outcomes.csv"`,
    ]);
    const [header, ...rows] = parseCsv(body);
    expect(header).toEqual([
      'groupId',
      'topicId',
      'msgSeq',
      'sender',
      'sentAt',
      'state',
      'retCode',
      'meaning',
      'presumed',
      'attempts',
      'lastAttemptAt',
      'recalledByRecallId',
      'recalledByOperator',
      'recalledByAt',
      'late',
      'confirmedAt',
      'verifiedAt',
      'disprovedAt',
    ]);
    const expected = (await at.outcomes(recall.id, '&limit=1000')).map((outcome) => [
      ...[
        'groupId',
        'topicId',
        'msgSeq',
        'sender',
        'sentAt',
        'state',
        'retCode',
        'meaning',
        'presumed',
        'attempts',
        'lastAttemptAt',
      ].map((name) => safe(outcome[name as keyof Outcome])),
      safe(outcome.recalledBy?.recallId),
      safe(outcome.recalledBy?.operator),
      safe(outcome.recalledBy?.at),
      ...([outcome.late, outcome.confirmedAt, outcome.verifiedAt, outcome.disprovedAt] as const).map(safe),
    ]);
    expect(rows).toEqual(expected);
    for (const row of rows) for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/u);
    const senders = new Set(rows.map((row) => row[3]));
    expect(hostile.map((sender) => safe(sender)).filter((sender) => !senders.has(sender))).toEqual([]);
    expect(new Set(rows.map((row) => row[0]))).toContain("'@TGS#0");
  });

  test('filtered, and when there is nothing only the header', async () => {
    const { body } = await at.get<string>(path('?state=failed'), { accept: 'text/csv' });
    expect(parseCsv(body).length).toBe(1 + (await stored(`o.state = 'failed'`)).length);
    const none = await at.planned({ selector: { senders: ['nobody'] }, reason: 'r' });
    expect(
      (await at.get<string>(`/api/v1/recalls/${none.id}/outcomes`, { accept: 'text/csv' })).body.split('\r\n').length,
    ).toBe(2);
    expect((await at.get<string>(`/api/v1/recalls/${none.id}/outcomes`, { accept: 'application/x-ndjson' })).body).toBe(
      '',
    );
  });

  test('refusals are problems all the same', async () => {
    const { status, body } = await at.get<Refused>(path('?limit=0&cursor=x'), { accept: 'text/csv' });
    expect([status, body.code]).toEqual([422, 'invalid_request']);
    expect((await at.get<Refused>(path('?cursor=x'), { accept: 'text/csv' })).body.errors).toMatchObject([
      { path: 'cursor' },
    ]);
    expect((await at.get<Refused>(path(), { accept: 'application/pdf' })).body).toMatchObject({
      code: 'not_acceptable',
      detail: 'this is served as application/json, text/csv, application/x-ndjson',
    });
  });

  test('HEAD sends no row', async () => {
    const { status, type, body } = await at.ask('HEAD', path(), { headers: { accept: 'text/csv' } });
    expect([status, type, body]).toEqual([200, 'text/csv; charset=utf-8; header=present', '']);
  });
});

describe('as NDJSON', () => {
  test('one outcome a line, as in JSON', async () => {
    const { status, type, body } = await at.get<string>(path(), { accept: 'application/x-ndjson' });
    expect([status, type]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(body.endsWith('}\n')).toBe(true);
    const lines = body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
    expect(lines).toEqual(await at.outcomes(recall.id, '&limit=1000'));
    for (const line of lines.slice(0, 200)) expect(faultsBy('/components/schemas/Outcome', line)).toBe('');
  });

  test('from a cursor on', async () => {
    const { body } = await at.get<Page<Outcome>>(path('?limit=1000'));
    const rest = await at.get<string>(path(`?cursor=${body.nextCursor}`), { accept: 'application/x-ndjson' });
    expect(rest.body.split('\n').length - 1).toBe(2_500 + hostile.length);
  });
});

describe('200,000 rows', () => {
  let big: Recall;
  beforeAll(async () => {
    big = await at.planned({ selector: { senders: ['nobody at all'] }, reason: 'r' });
    await at.pool.query(
      `insert into outcomes (recall_id, conversation_id, msg_seq, sent_at, sender, state)
       select $1, (select max(conversation_id) from conversations), n, now(), repeat('s', 100), 'pending' from generate_series(1, 200000) n`,
      [big.id],
    );
  });
  const request = (): string =>
    `GET /api/v1/recalls/${big.id}/outcomes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: application/x-ndjson\r\nConnection: close\r\n\r\n`;
  const ended = (): string | undefined =>
    at.log.find((line) => line.includes('"msg":"request"') && line.includes('"whole":false'));

  test('wait for a slow reader without piling up, and stop when it goes away', async () => {
    const before = memory();
    const { hostname, port } = new URL(at.url);
    const socket = connect(Number(port), hostname);
    socket.write(request());
    await once(socket, 'readable');
    await pause(1_500);
    // They make 70 MB.
    expect(memory() - before).toBeLessThan(35e6);
    expect(ended()).toBeUndefined();
    socket.destroy();
    await eventually(ended, { timeoutMs: 3_000, what: 'the end of the request' });
    expect(at.log.filter((line) => line.includes('request failed'))).toEqual([]);
  });

  test('all come', async () => {
    const { body } = await at.get<string>(`/api/v1/recalls/${big.id}/outcomes`, { accept: 'text/csv' });
    expect(body.split('\r\n').length).toBe(200_002);
  });
});

function memory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function safe(value: string | number | boolean | object | null | undefined): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : JSON.stringify(value);
  return /^[=+\-@\t\r＝＋－＠]/u.test(value) ? `'${value}` : value;
}

/** RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, bare, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gu)) {
    row.push(quoted === undefined ? String(bare) : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
