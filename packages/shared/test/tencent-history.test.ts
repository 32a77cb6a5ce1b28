import { createServer } from 'node:http';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import {
  createTencentClient,
  getAppidGroupList,
  getGroupInfo,
  getHistoryFiles,
  getTopic,
  groupMsgGetSimple,
  type CallResult,
  type TencentClient,
} from '@chat-recall/shared/tencent';
import { createStandIn, elements, type Effect, type StandIn } from '@chat-recall/simulator';

const sdkAppId = 1_400_000_000;
const secretKey = 'the-secret-key';
const group = '@TGS#2HISTORY';
const community = '@TGS#_@TGS#cTOWN';

let now: number;
let standIn: StandIn;
let client: TencentClient;
let slots: number;
const gate = async (): Promise<void> => void slots++;

const clientOf = (apiUrl: string) =>
  createTencentClient({ apiUrl, sdkAppId, secretKey, identifier: 'administrator', timeoutMs: 2000 });

beforeEach(async () => {
  now = Date.now();
  slots = 0;
  standIn = await createStandIn({ sdkAppId, secretKey, clock: () => now });
  standIn.addGroup({ groupId: group, type: 'Public' });
  client = clientOf(standIn.url);
});
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await client.close();
  await standIn.close();
});
afterAll(() => Promise.all(open.map((thing) => thing.close())));

function bodyOf<T>(result: CallResult<T>): T {
  if (result.kind !== 'answered') throw new Error(result.cause);
  return result.body;
}
const page = async (call: { from?: number; count?: number; withRecalled?: boolean } = {}) =>
  bodyOf(
    await groupMsgGetSimple(client, { groupId: group, topicId: '', count: 20, withRecalled: true, ...call }, gate),
  );
const seqs = async (call?: Parameters<typeof page>[0]) => (await page(call)).items.map((item) => item.msgSeq);
const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);

describe('group_msg_get_simple', () => {
  test('pages, newest first; the topic and the range go out as documented', async () => {
    standIn.addHistory({ groupId: group, count: 30 });
    expect(await seqs()).toEqual(down(30, 11));
    expect(await seqs({ from: 10, count: 20 })).toEqual(down(10, 1));
    const [topicId = ''] = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news'] }).topicIds;
    standIn.send({ groupId: community, topicId, from: 'lina', text: 'hi' });
    const call = { groupId: community, topicId, from: 5, count: 20, withRecalled: false };
    expect(bodyOf(await groupMsgGetSimple(client, call, gate)).items).toMatchObject([{ msgSeq: 1, sender: 'lina' }]);
    expect(standIn.ledger.calls().at(-1)).toMatchObject({ topicId, reqMsgSeq: 5, reqMsgNumber: 20 });
    expect(slots).toBe(3);
  });

  test('messages, recalled ones, tips, and placeholders', async () => {
    standIn.send({ groupId: group, from: 'mira', text: 'old', msgTime: 1_600_000_000 });
    standIn.send({ groupId: group, from: 'mira', text: 'hello', random: 4_294_967_295 });
    standIn.send({ groupId: group, from: 'wei', text: 'gone' });
    standIn.tip(group);
    standIn.recallByClient({ groupId: group, msgSeqs: [3], by: 'wei' });
    const msgTime = Math.floor(now / 1000) * 1000;
    expect(await page()).toEqual({
      finished: 1,
      leftOut: 0,
      items: [
        { msgSeq: 4, kind: 'system', sender: 'administrator', msgTime, body: { OpType: 1 }, random: expect.anything() },
        { msgSeq: 3, kind: 'recalled', sender: 'wei', msgTime, body: [], random: expect.anything() },
        { msgSeq: 2, kind: 'message', sender: 'mira', msgTime, body: [elements.text('hello')], random: 4_294_967_295 },
        { msgSeq: 1, kind: 'placeholder', sender: 'mira', msgTime: 1.6e12, body: [], random: expect.anything() },
      ],
    });
    expect(await seqs({ withRecalled: false })).toEqual([4, 2, 1]);
  });

  test.each<[Effect['kind'], object]>([
    ['list-as-object', { items: down(20, 1), finished: 1, leftOut: 0 }],
    ['other-name', { items: down(20, 1), finished: 1, leftOut: 0 }],
    ['shuffle', { items: down(20, 1), finished: 1, leftOut: 0 }],
    ['repeat', { items: down(20, 1), finished: 1, leftOut: 0 }],
    ['surplus', { items: down(20, 1), finished: 1, leftOut: 1 }],
    ['missing', { items: down(20, 1).filter((seq) => seq !== 7), finished: 1, leftOut: 0 }],
    ['no-sequence', { items: down(20, 1).filter((seq) => seq !== 7), finished: 1, leftOut: 2 }],
    ['short', { items: down(20, 11), finished: 0, leftOut: 0 }],
  ])('an answer that is bent: %s', async (kind, expected) => {
    standIn.addHistory({ groupId: group, count: 20 });
    standIn.faults.add({ sequence: 7, effect: { kind } as Effect });
    const { items, finished, leftOut } = await page({ from: 20 });
    expect({ items: items.map((item) => item.msgSeq), finished, leftOut }).toEqual(expected);
    expect(items.find((item) => item.msgSeq === 7)?.body).not.toEqual([elements.text('listed twice')]);
  });

  test('a hole, and a random over 32 bits', async () => {
    standIn.addHistory({ groupId: group, count: 3 });
    standIn.faults.add({ sequence: 2, effect: { kind: 'hole' } });
    standIn.faults.add({ effect: { kind: 'large-random' } });
    expect((await page()).items).toMatchObject([{}, { msgSeq: 2, kind: 'placeholder', body: [] }, {}]);
    expect((await page()).items.map((item) => item.random)).toEqual([2 ** 32, 2 ** 32 + 1, 2 ** 32 + 2]);
  });

  test('a group that goes between two pages', async () => {
    standIn.addHistory({ groupId: group, count: 40 });
    standIn.faults.add({ effect: { kind: 'destroy-group' } });
    expect(await seqs({ from: 40 })).toHaveLength(20);
    const call = { groupId: group, topicId: '', from: 20, count: 20, withRecalled: true };
    expect(await groupMsgGetSimple(client, call, gate)).toMatchObject({
      kind: 'answered',
      errorCode: 10010,
      body: { items: [] },
    });
  });
});

/** A server that answers with this text, and keeps the bodies it is sent. */
async function answering(text: string): Promise<{ client: TencentClient; bodies: string[] }> {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
    });
  });
  await listen(server, '127.0.0.1', 0);
  const other = clientOf(urlOf(server, '127.0.0.1'));
  open.push({ close: () => other.close().then(() => server.close()) });
  return { client: other, bodies };
}
const ok = '"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0';

describe('answers that no document has', () => {
  const ask = async (list: unknown, name = 'RspMsgList') => {
    const answer = await answering(`{${ok},"IsFinished":9,${JSON.stringify(name)}:${JSON.stringify(list)}}`);
    const call = { groupId: group, topicId: '', from: 5, count: 5, withRecalled: false };
    return bodyOf(await groupMsgGetSimple(answer.client, call, gate));
  };

  test.each([[null], ['text'], [{}], [{ a: 1, b: 'x' }], [[]]])('a list that is %j has no items', async (list) => {
    expect(await ask(list)).toEqual({ finished: 0, items: [], leftOut: 0 });
  });

  test('items: their fields may be absent or of another type', async () => {
    const list = [
      null,
      { MsgSeq: 2.5 },
      { MsgSeq: 6 },
      { MsgSeq: 0 },
      { MsgSeq: 1, MsgBody: 'text', From_Account: 7, MsgTimeStamp: 'never', MsgRandom: -1 },
      { MsgSeq: 3, MsgTimestamp: '1760000000' },
      { MsgSeq: 4, IsPlaceMsg: 5 },
      { MsgSeq: 3, IsPlaceMsg: 1 },
    ];
    expect(await ask(list, 'MsgList')).toEqual({
      finished: 0,
      leftOut: 4,
      items: [
        { msgSeq: 4, kind: 'placeholder', sender: '', msgTime: 0, body: undefined },
        { msgSeq: 3, kind: 'message', sender: '', msgTime: 1.76e12, body: undefined },
        { msgSeq: 1, kind: 'message', sender: '', msgTime: 0, body: 'text' },
      ],
    });
    expect((await ask({ MsgSeq: 5, MsgBody: [] })).items).toMatchObject([{ msgSeq: 5 }]);
  });
});

test('get_group_info: what was asked, in its order, each group with its own code', async () => {
  standIn.addHistory({ groupId: group, count: 3 });
  standIn.addGroup({ groupId: '@TGS#aLIVE', type: 'AVChatRoom' });
  const infos = bodyOf(await getGroupInfo(client, ['@TGS#2NONE', group, '@TGS#aLIVE'], gate));
  expect(infos).toEqual([
    { groupId: '@TGS#2NONE', errorCode: 10010, nextMsgSeq: null, lastMsgTime: null, type: null },
    { groupId: group, errorCode: 0, nextMsgSeq: 4, lastMsgTime: expect.any(Number), type: 'Public' },
    { groupId: '@TGS#aLIVE', errorCode: 0, nextMsgSeq: 1, lastMsgTime: null, type: 'AVChatRoom' },
  ]);
  expect(infos[1]?.lastMsgTime).toBe(standIn.message(group, null, 3)!.msgTime * 1000);
  const odd = await answering(
    `{${ok},"GroupInfo":[{"GroupId":"b"},7,{"GroupId":"a","NextMsgSeq":"x","ErrorCode":-1}]}`,
  );
  expect(bodyOf(await getGroupInfo(odd.client, ['a', 'c'], gate))).toEqual([
    { groupId: 'a', errorCode: -1, nextMsgSeq: null, lastMsgTime: null, type: null },
  ]);
});

test('get_topic: all topics, or those asked for', async () => {
  const { topicIds } = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news', 'talk'] });
  const [news = '', talk = ''] = topicIds;
  standIn.send({ groupId: community, topicId: talk, from: 'lina', text: 'hi' });
  const lastMsgTime = Math.floor(now / 1000) * 1000;
  expect(bodyOf(await getTopic(client, { groupId: community }, gate))).toEqual([
    { topicId: news, errorCode: 0, nextMsgSeq: 1, lastMsgTime: null },
    { topicId: talk, errorCode: 0, nextMsgSeq: 2, lastMsgTime },
  ]);
  standIn.destroyTopics(community, [news]);
  expect(bodyOf(await getTopic(client, { groupId: community, topicIds: [news, talk] }, gate))).toMatchObject([
    { topicId: news, errorCode: 10010, nextMsgSeq: null },
    { topicId: talk, errorCode: 0 },
  ]);
  expect(await getTopic(client, { groupId: group }, gate)).toMatchObject({ errorCode: 10007, body: [] });
});

describe('get_appid_group_list', () => {
  test('page by page', async () => {
    for (const id of ['a', 'b']) standIn.addGroup({ groupId: `@TGS#${id}`, type: 'ChatRoom' });
    const seen: string[] = [];
    let next = '0';
    do {
      const list = bodyOf(await getAppidGroupList(client, { limit: 2, next }, gate));
      expect(list.totalCount).toBe(3);
      seen.push(...list.groupIds);
      next = list.next;
      now += 1000;
    } while (next !== '0');
    expect(seen).toEqual([group, '@TGS#a', '@TGS#b']);
    const rooms = bodyOf(await getAppidGroupList(client, { limit: 9, next, groupType: 'ChatRoom' }, gate));
    expect(rooms.groupIds).toEqual(['@TGS#a', '@TGS#b']);
    // Twice within a second.
    expect(await getAppidGroupList(client, { limit: 9, next }, gate)).toMatchObject({ errorCode: 60007 });
  });

  test('Next is kept to the last of its 64 bits, in both directions, as a number', async () => {
    const largest = '9223372036854775807';
    const groupId = String.raw`x\"Next\": 12, `;
    const { client: other, bodies } = await answering(
      `{${ok},"TotalCount":1,"GroupIdList":[{"GroupId":"${groupId}"}],"Next" : ${largest}\n}`,
    );
    const list = bodyOf(await getAppidGroupList(other, { limit: 10, next: '9007199254740993' }, gate));
    expect(list).toEqual({ groupIds: ['x"Next": 12, '], next: largest, totalCount: 1 });
    expect(bodies).toEqual(['{"Next":9007199254740993,"Limit":10}']);
  });

  test.each(['', ',"Next":-1', ',"Next":1.5', ',"Next":null', ',"Next":1e3'])(
    'a list without a Next is not taken for the end: %j',
    async (next) => {
      const { client: other } = await answering(`{${ok},"GroupIdList":[]${next}}`);
      expect(await getAppidGroupList(other, { limit: 10, next: '0' }, gate)).toMatchObject({ kind: 'lost' });
    },
  );

  test('next must be digits', async () => {
    await expect(getAppidGroupList(client, { limit: 10, next: '1,"Limit":2' }, gate)).rejects.toThrow('digits');
  });
});

describe('get_history', () => {
  const file = { URL: 'https://files.example.com/a.gz', ExpireTime: '2015-12-02 16:45:23', FileSize: 6, GzipSize: 2 };
  const ask = async (list: unknown) => {
    const { client: other } = await answering(`{${ok},"File":${JSON.stringify(list)}}`);
    return getHistoryFiles(other, { hour: '2015120216' }, gate);
  };

  test('files, as told', async () => {
    const checksums = { FileMD5: 'CCEECE008BB7F469A47CF8C4B7ACB84E', GzipMD5: 'x' };
    expect(bodyOf(await ask([{ ...file, ...checksums }]))).toEqual({
      kind: 'files',
      files: [
        {
          url: file.URL,
          expiresAt: Date.UTC(2015, 11, 2, 8, 45, 23),
          fileSize: 6,
          fileMd5: 'cceece008bb7f469a47cf8c4b7acb84e',
          gzipSize: 2,
          gzipMd5: null,
        },
      ],
    });
    expect(bodyOf(await ask({ ...file, ExpireTime: 'soon' }))).toMatchObject({ files: [{ expiresAt: null }] });
    expect(bodyOf(await ask([]))).toEqual({ kind: 'none' });
  });

  test.each([[[file, 7]], [[file, {}]], [[{ URL: 'file:///etc/passwd' }]], [[{ URL: 'not a url' }]], ['x'], [null]])(
    'a file that cannot be read is not passed over: %j',
    async (list) => {
      expect(await ask(list)).toMatchObject({ kind: 'lost' });
    },
  );

  test('1004 is none; other codes are refusals', async () => {
    expect(bodyOf(await getHistoryFiles(client, { hour: '2099010100' }, gate))).toEqual({ kind: 'none' });
    expect(await getHistoryFiles(client, { hour: '2015010100' }, gate)).toMatchObject({
      errorCode: 1005,
      body: { kind: 'refused' },
    });
    expect(standIn.ledger.calls({ command: 'get_history' }).map((call) => call.hour)).toEqual([
      '2099010100',
      '2015010100',
    ]);
  });
});
