import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { elements, type StandIn } from '../src/index.ts';
import { call, closeAll, recall, start, stoppedClock, type CallResult } from './signed-calls.ts';
import { catchCallbacks } from './webhook-catcher.ts';

afterAll(closeAll);

const group = '@TGS#2HISTORY';
let standIn: StandIn;
let clock: ReturnType<typeof stoppedClock>;
beforeEach(async () => {
  clock = stoppedClock();
  standIn = await start({ clock });
  standIn.addGroup({ groupId: group, type: 'Public' });
});

const history = (fields: Record<string, unknown>) =>
  call(standIn, 'group_msg_get_simple', { GroupId: group, ReqMsgNumber: 20, ...fields });
const items = (result: CallResult) => result.json.RspMsgList as Record<string, unknown>[];
const seqs = (result: CallResult) => items(result).map((item) => item.MsgSeq);
const write = (count: number) =>
  Array.from({ length: count }, (_, index) => standIn.send({ groupId: group, from: 'mira', text: `line ${index}` }));

describe('group_msg_get_simple', () => {
  test('newest first, then downwards from a sequence, inclusive', async () => {
    write(5);
    const first = await history({ ReqMsgNumber: 2 });
    expect(seqs(first)).toEqual([5, 4]);
    expect(first.json).toMatchObject({ GroupId: group, IsFinished: 1 });
    expect(seqs(await history({ ReqMsgNumber: 2, ReqMsgSeq: 3 }))).toEqual([3, 2]);
    expect(seqs(await history({ ReqMsgSeq: 1 }))).toEqual([1]);
    expect(seqs(await history({ ReqMsgSeq: 0 }))).toEqual([]);
  });

  test('an item is shaped as documented', async () => {
    standIn.send({ groupId: group, from: 'mira', text: 'hello', random: 4_294_967_295 });
    expect(items(await history({}))).toEqual([
      {
        From_Account: 'mira',
        IsPlaceMsg: 0,
        MsgBody: [elements.text('hello')],
        MsgPriority: 2,
        MsgRandom: 4_294_967_295,
        MsgSeq: 1,
        MsgTimeStamp: Math.floor(clock() / 1000),
      },
    ]);
  });

  test('recalled messages only when asked for, and then without their body', async () => {
    write(3);
    await recall(standIn, group, 2);
    expect(seqs(await history({}))).toEqual([3, 1]);
    const all = items(await history({ WithRecalledMsg: 1 }));
    expect(all.map((item) => item.IsPlaceMsg)).toEqual([0, 2, 0]);
    expect(all[1]?.MsgBody).toEqual([]);
  });

  test('expired ones are holes, tips are system messages', async () => {
    standIn.send({ groupId: group, from: 'mira', text: 'old', msgTime: 1_600_000_000 });
    standIn.tip(group);
    expect(items(await history({}))).toMatchObject([
      { MsgSeq: 2, IsSystemMsg: 1, IsPlaceMsg: 0 },
      { MsgSeq: 1, IsPlaceMsg: 1, MsgBody: [] },
    ]);
  });

  test('at most 20, and it says so', async () => {
    write(30);
    const result = await history({ ReqMsgNumber: 25 });
    expect(seqs(result)).toHaveLength(20);
    expect(result.json.IsFinished).toBe(0);
  });

  test('at most 20, all expired', async () => {
    for (let index = 0; index < 21; index += 1) {
      standIn.send({ groupId: group, from: 'mira', text: 'old', msgTime: 1_600_000_000 });
    }
    expect((await history({ ReqMsgNumber: 25 })).json.IsFinished).toBe(2);
  });

  test('refusals', async () => {
    standIn.addGroup({ groupId: '@TGS#aLIVE', type: 'AVChatRoom' });
    expect((await history({ GroupId: '@TGS#aLIVE' })).json.ErrorCode).toBe(10044);
    expect((await history({ GroupId: '@TGS#2NONE' })).json.ErrorCode).toBe(10010);
    expect((await history({ ReqMsgNumber: 0 })).json.ErrorCode).toBe(10004);
    expect((await history({ ReqMsgNumber: undefined })).json.ErrorCode).toBe(10004);
    expect((await history({ ReqMsgSeq: '3' })).json.ErrorCode).toBe(10004);
  });
});

describe('send_group_msg', () => {
  const body = { GroupId: group, Random: 8, MsgBody: [elements.text('from REST')] };

  test('stores, answers, and fires unless told not to', async () => {
    const catcher = await catchCallbacks();
    const fired = await start({ webhook: { url: catcher.url } });
    fired.addGroup({ groupId: group, type: 'Public' });
    const { json } = await call(fired, 'send_group_msg', { ...body, From_Account: 'mira', MsgPriority: 'High' });
    expect(json).toMatchObject({ ErrorCode: 0, MsgSeq: 1 });
    await call(fired, 'send_group_msg', { ...body, ForbidCallbackControl: ['ForbidAfterSendMsgCallback'] });
    await call(fired, 'send_group_msg', { ...body, OnlineOnlyFlag: 1 });
    await fired.settled();
    expect(catcher.caught.map((item) => item.body)).toMatchObject([
      { From_Account: 'mira', Operator_Account: 'administrator', MsgSeq: 1, OnlineOnlyFlag: 0, Random: 8 },
      { From_Account: 'administrator', MsgSeq: 3, OnlineOnlyFlag: 1 },
    ]);
    expect([...fired.messages()].map((message) => message.priority)).toEqual([1, 2]);
  });

  test('a topic has its own sequence', async () => {
    const community = '@TGS#_@TGS#cTOWN';
    const [topicId] = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news'] }).topicIds;
    const { json } = await call(standIn, 'send_group_msg', { ...body, GroupId: community, TopicId: topicId });
    expect(json.MsgSeq).toBe(1);
    expect(standIn.message(community, topicId, 1)?.from).toBe('administrator');
  });

  test.each<[string, Record<string, unknown>, number]>([
    ['no random', { Random: undefined }, 10004],
    ['no body', { MsgBody: [] }, 10004],
    ['an element without content', { MsgBody: [{ MsgType: 'TIMTextElem' }] }, 10004],
    ['an unknown priority', { MsgPriority: 'Urgent' }, 10004],
    ['more than 12 KB', { MsgBody: [elements.text('长'.repeat(4200))] }, 80002],
    ['an unknown group', { GroupId: '@TGS#2NONE' }, 10010],
  ])('refused: %s', async (_name, change, code) => {
    expect((await call(standIn, 'send_group_msg', { ...body, ...change })).json.ErrorCode).toBe(code);
    expect([...standIn.messages()]).toEqual([]);
  });
});

test('get_group_info: each group with its own code', async () => {
  write(2);
  const ids = [group, '@TGS#2NONE', '群'];
  const { json } = await call(standIn, 'get_group_info', { GroupIdList: ids });
  expect(json.GroupInfo).toMatchObject([
    { GroupId: group, ErrorCode: 0, Type: 'Public', NextMsgSeq: 3, LastMsgTime: Math.floor(clock() / 1000) },
    { GroupId: '@TGS#2NONE', ErrorCode: 10010 },
    { GroupId: '群', ErrorCode: 10015 },
  ]);
  const filter = { GroupBaseInfoFilter: ['NextMsgSeq'] };
  const filtered = await call(standIn, 'get_group_info', { GroupIdList: [group], ResponseFilter: filter });
  expect(filtered.json.GroupInfo).toEqual([{ GroupId: group, ErrorCode: 0, ErrorInfo: '', NextMsgSeq: 3 }]);
  const many = Array.from({ length: 51 }, () => group);
  expect((await call(standIn, 'get_group_info', { GroupIdList: many })).json.ErrorCode).toBe(10004);
  expect((await call(standIn, 'get_group_info', { GroupIdList: [] })).json.ErrorCode).toBe(10004);
});

test('get_appid_group_list: page by page, with a Next over 32 bits', async () => {
  for (const id of ['a', 'b', 'c']) standIn.addGroup({ groupId: `@TGS#${id}`, type: 'ChatRoom' });
  const seen: unknown[] = [];
  let next = 0;
  do {
    const { json } = await call(standIn, 'get_appid_group_list', { Limit: 3, Next: next });
    seen.push(json.TotalCount, ...(json.GroupIdList as { GroupId: string }[]).map((item) => item.GroupId));
    next = json.Next as number;
    if (next !== 0) expect(next).toBeGreaterThan(2 ** 32);
    clock.advance(1000);
  } while (next !== 0);
  expect(seen).toEqual([4, group, '@TGS#a', '@TGS#b', 4, '@TGS#c']);
  const publicOnly = await call(standIn, 'get_appid_group_list', { GroupType: 'Public' });
  expect(publicOnly.json).toMatchObject({ TotalCount: 1, GroupIdList: [{ GroupId: group }], Next: 0 });
  clock.advance(1000);
  expect((await call(standIn, 'get_appid_group_list', { Limit: 10_001 })).json.ErrorCode).toBe(10004);
});

test('get_topic: the next sequence of every topic', async () => {
  const community = '@TGS#_@TGS#cTOWN';
  const { topicIds } = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news', 'talk'] });
  standIn.send({ groupId: community, topicId: topicIds[1], from: 'lina', text: 'hi' });
  const topics = (fields: object) =>
    call(standIn, 'get_topic', { GroupId: community, ...fields }, { service: 'million_group_open_http_svc' });
  expect((await topics({})).json.TopicAndSelfInfo).toMatchObject([
    { ErrorCode: 0, TopicInfo: { TopicId: topicIds[0], TopicName: 'news', GroupID: community, NextMsgSeq: 1 } },
    { ErrorCode: 0, TopicInfo: { TopicId: topicIds[1], TopicName: 'talk', NextMsgSeq: 2 } },
  ]);
  expect((await topics({ TopicIdList: [`${community}@TOPIC#_none`] })).json.TopicAndSelfInfo).toMatchObject([
    { ErrorCode: 10010 },
  ]);
  expect((await topics({ GroupId: group })).json.ErrorCode).toBe(10007);
});
