import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FoundMessage } from '@chat-recall/shared/messages';
import type { Recall } from '@chat-recall/shared/recalls';
import { startAtWork, type Answer, type AtWork, type Page, type Refused } from './console-at-work.ts';

const second = 1_000;
const now = Math.floor(Date.now() / second) * second;
const texts = [
  '加微信领红包',
  '微信加我',
  '打九折 100% 真的',
  '打九折 1000 真的',
  'snake_case',
  'snakeXcase',
  'back\\slash',
  'back slash',
  'ＦＵＬＬ　Width',
  'ze\u200bro width',
  'VIAGRA now',
  '<script>alert(1)</script>',
  'plain',
];

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
  await at.say(
    texts.map((text, k) => ({ sender: k % 2 === 0 ? 'even' : 'odd', text, msgSeq: k + 1, msgTime: now - k * second })),
  );
  await at.say([
    { groupId: '@TGS#two', sender: 'other', text: 'in two', msgSeq: 1, msgTime: now - 100 * second },
    {
      groupId: '@TGS#two',
      topicId: '@TGS#two@TOPIC#_a',
      sender: 'other',
      text: 'in a topic',
      msgSeq: 1,
      msgTime: now - 101 * second,
    },
    {
      groupId: '@TGS#two',
      topicId: '@TGS#two@TOPIC#_b',
      sender: 'other',
      text: 'in another topic',
      msgSeq: 1,
      msgTime: now - 102 * second,
    },
  ]);
  // A hundred of one moment, in three conversations.
  await at.say(
    Array.from({ length: 100 }, (_, k) => ({
      groupId: `@TGS#same${k % 3}`,
      sender: 'same',
      msgSeq: k + 1,
      msgTime: now - 200 * second,
    })),
  );
});
afterAll(() => at.stop());

const search = async (query: Record<string, string | string[]>): Promise<readonly FoundMessage[]> => {
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return (await at.get<Page<FoundMessage>>(`/api/v1/messages?${new URLSearchParams(pairs).toString()}`)).body.items;
};
const found = async (query: Record<string, string | string[]>): Promise<string[]> =>
  (await search(query)).map(({ text }) => text);

describe('keywords', () => {
  test.each([
    ['微信', ['加微信领红包', '微信加我']],
    ['加微信', ['加微信领红包']],
    ['加', ['加微信领红包', '微信加我']],
    ['100%', ['打九折 100% 真的']],
    ['%', ['打九折 100% 真的']],
    ['snake_case', ['snake_case']],
    ['_', ['snake_case']],
    ['back\\slash', ['back\\slash']],
    ['\\', ['back\\slash']],
    ['full width', ['ＦＵＬＬ　Width']],
    ['ｖｉａｇｒａ', ['VIAGRA now']],
    ['zero', ['ze\u200bro width']],
    ['ZE\u200dRO   WIDTH', ['ze\u200bro width']],
    ['<script>', ['<script>alert(1)</script>']],
    ["' or 1=1 --", []],
    ['a,b', []],
  ])('%s is looked for as it stands', async (keyword, expected) => {
    expect(await found({ keyword })).toEqual(expected);
  });

  test('several are joined by OR, and with the rest by AND', async () => {
    expect(await found({ keyword: ['加微信', 'plain'] })).toEqual(['加微信领红包', 'plain']);
    expect(await found({ keyword: ['微信', 'viagra', 'plain'], sender: 'even' })).toEqual([
      '加微信领红包',
      'VIAGRA now',
      'plain',
    ]);
    expect(await found({ keyword: 'in', groupId: '@TGS#two', topicId: '@TGS#two@TOPIC#_a' })).toEqual(['in a topic']);
  });
});

describe('senders, groups, topics, windows', () => {
  test('exactly', async () => {
    expect(await found({ sender: 'other' })).toEqual(['in two', 'in a topic', 'in another topic']);
    expect(await found({ sender: 'Other' })).toEqual([]);
    expect((await found({ sender: ['other', 'even'] })).length).toBe(10);
    expect(await found({ sender: 'other,even' })).toEqual([]);
    expect(await found({ groupId: '@TGS#two' })).toEqual(['in two', 'in a topic', 'in another topic']);
    expect(await found({ topicId: ['@TGS#two@TOPIC#_b', '@TGS#two@TOPIC#_a'] })).toEqual([
      'in a topic',
      'in another topic',
    ]);
    expect(await found({ groupId: '@TGS#one', topicId: '@TGS#two@TOPIC#_a' })).toEqual([]);
    expect(await found({ groupId: '@TGS#gone' })).toEqual([]);
  });

  test('from inclusive, to exclusive, with any offset', async () => {
    const time = (k: number): string => new Date(now - k * second).toISOString();
    expect(await found({ sentFrom: time(3), sentTo: time(1) })).toEqual(texts.slice(2, 4));
    const here = new Date(now - 3 * second + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
    expect(await found({ sentFrom: here, sentTo: time(1) })).toEqual(texts.slice(2, 4));
    expect((await found({ sentFrom: time(0) })).length).toBe(1);
    expect(await found({ sentTo: '0001-01-01T00:00:00Z' })).toEqual([]);
    expect(await found({ sentFrom: '9999-12-31T23:59:59Z' })).toEqual([]);
    expect((await found({ sentFrom: '0000-01-01T00:00:00Z', limit: '1000' })).length).toBe(116);
  });
});

test('a message as it is told', async () => {
  expect(await search({ keyword: 'in a topic' })).toEqual([
    {
      groupId: '@TGS#two',
      topicId: '@TGS#two@TOPIC#_a',
      msgSeq: 1,
      sender: 'other',
      sentAt: new Date(now - 101 * second).toISOString(),
      text: 'in a topic',
      textKept: true,
      messageTypes: ['TIMTextElem'],
      recalled: null,
    },
  ]);
});

test('what is recalled says when, by whom and in which recall', async () => {
  const { body }: Answer<Recall> = await at.post<Recall>('/api/v1/recalls', {
    selector: { senders: ['nobody'] },
    reason: 'r',
  });
  await at.pool.query(
    `insert into recall_marks (conversation_id, msg_seq, recalled_at, operator, recall_id)
     select conversation_id, s, '2026-11-21T00:00:00Z', case s when 12 then 'moderator' end, case s when 13 then $1::uuid end
       from conversations, unnest(array[12, 13]) s where group_id = '@TGS#one'`,
    [body.id],
  );
  const at0 = '2026-11-21T00:00:00.000Z';
  expect((await search({ keyword: ['plain', '<script>'] })).map(({ recalled }) => recalled)).toEqual([
    { at: at0, by: 'moderator', recallId: null },
    { at: at0, by: 'admin', recallId: body.id },
  ]);
});

describe('pages', () => {
  async function pages(query: string): Promise<FoundMessage[]> {
    const all: FoundMessage[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer<Page<FoundMessage>> = await at.get<Page<FoundMessage>>(
        `/api/v1/messages?cursor=${cursor}${query}`,
      );
      expect(body.items.length).toBeGreaterThan(0);
      all.push(...body.items);
      cursor = body.nextCursor;
    }
    return all;
  }
  const key = ({ groupId, topicId, msgSeq }: FoundMessage): string => `${groupId} ${topicId} ${msgSeq}`;

  test.each([1, 7, 33, 100])(
    'of %i hold everything once, newest first, though a hundred are of one moment',
    async (limit) => {
      const all = await pages(`&sender=same&limit=${limit}`);
      expect(new Set(all.map(key)).size).toBe(100);
      expect(all.length).toBe(100);
      expect(all.map(key)).toEqual((await pages('&sender=same&limit=1000')).map(key));
    },
  );

  test('of the whole index', async () => {
    const all = await pages('&limit=10');
    expect(all.length).toBe(116);
    expect(all.map(({ sentAt }) => sentAt)).toEqual(
      all
        .map(({ sentAt }) => sentAt)
        .sort()
        .reverse(),
    );
  });
});

describe('a search that takes too long', () => {
  let slow: AtWork;
  beforeAll(async () => {
    slow = await startAtWork({}, { readTimeoutMs: 200 });
  });
  afterAll(() => slow.stop());

  test('is ended, and answered in words; everything else goes on', async () => {
    const client = await slow.pool.connect();
    await client.query('begin; lock table messages in access exclusive mode');
    const { status, headers, body } = await slow.get<Refused>('/api/v1/messages?keyword=secret');
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'query_timeout', '5']);
    expect(body.detail).toMatch(/narrow the question/u);
    expect((await slow.get('/api/v1/recalls')).status).toBe(200);
    await client.query('rollback');
    client.release();
    expect((await slow.get('/api/v1/messages?keyword=secret')).status).toBe(200);
    expect(slow.log.join('')).not.toContain('keyword');
  });
});
