import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { elements, type StandIn } from '../src/index.ts';
import { call, closeAll, codesOf, recall, start, stoppedClock } from './signed-calls.ts';
import { catchCallbacks } from './webhook-catcher.ts';

afterAll(closeAll);

const group = '@TGS#2SILENT';
const live = '@TGS#aLIVE';
let standIn: StandIn;
let clock: ReturnType<typeof stoppedClock>;
let catcher: Awaited<ReturnType<typeof catchCallbacks>>;
beforeEach(async () => {
  clock = stoppedClock();
  catcher = await catchCallbacks();
  standIn = await start({ clock, webhook: { url: catcher.url } });
  standIn.addGroup({ groupId: group, type: 'Public' });
  standIn.addGroup({ groupId: live, type: 'AVChatRoom' });
});

const seconds = () => Math.floor(clock() / 1000);
const code = async (command: string, body: object, service = 'group_open_http_svc') =>
  (await call(standIn, command, { GroupId: group, ...body }, { service })).json.ErrorCode;
const history = async () =>
  (await call(standIn, 'group_msg_get_simple', { GroupId: group, ReqMsgNumber: 20, WithRecalledMsg: 1 })).json
    .RspMsgList as Record<string, unknown>[];
const nothingTold = async () => {
  await standIn.settled();
  expect(catcher.caught).toEqual([]);
};

describe('import_group_msg', () => {
  const item = (more: object = {}) => ({
    From_Account: 'leckie',
    SendTime: seconds() - 100,
    Random: 8_912_345,
    MsgBody: [elements.text('imported')],
    ...more,
  });
  const importing = (...list: object[]) => call(standIn, 'import_group_msg', { GroupId: group, MsgList: list });

  test('each message has its own result; no callback', async () => {
    const { json } = await importing(
      item(),
      item({ SendTime: seconds() - 200 }),
      item({ SendTime: seconds() - 50, Random: undefined }),
      item({ SendTime: seconds() + 1 }),
      item({ SendTime: seconds(), MsgBody: [] }),
      item({ SendTime: seconds(), From_Account: undefined }),
      item({ SendTime: seconds() }),
    );
    const results = json.ImportMsgResult as { MsgSeq: number; MsgTime: number; Result: number }[];
    expect(results.map(({ MsgSeq, Result }) => [MsgSeq, Result])).toEqual([
      [1, 0],
      [0, 10004],
      [2, 0],
      [0, 10004],
      [0, 10004],
      [0, 10004],
      [3, 0],
    ]);
    expect(results[0]?.MsgTime).toBe(seconds() - 100);
    expect((await history()).map((message) => message.MsgSeq)).toEqual([3, 2, 1]);
    await nothingTold();
  });

  test('refusals', async () => {
    expect((await importing(...Array.from({ length: 8 }, () => item()))).json.ErrorCode).toBe(10004);
    expect((await importing()).json.ErrorCode).toBe(10004);
    expect(await code('import_group_msg', { MsgList: item() })).toBe(10004);
    expect(await code('import_group_msg', { GroupId: live, MsgList: [item()] })).toBe(10007);
    expect(await code('import_group_msg', { GroupId: '@TGS#2NONE', MsgList: [item()] })).toBe(10010);
  });
});

describe('modify_group_msg', () => {
  const modify = (body: object) => code('modify_group_msg', body, 'openim');

  test('the history holds the new body; no callback', async () => {
    standIn.send({ groupId: group, from: 'mira', text: 'old', callback: false });
    expect(await modify({ MsgSeq: 1, MsgBody: [elements.text('new')] })).toBe(0);
    expect(await modify({ MsgSeq: 1, CloudCustomData: 'data' })).toBe(0);
    expect(await history()).toMatchObject([{ MsgSeq: 1, MsgBody: [elements.text('new')] }]);
    await nothingTold();
  });

  test('refusals', async () => {
    standIn.send({ groupId: group, from: 'mira', text: 'recalled', callback: false });
    standIn.recallByClient({ groupId: group, msgSeqs: [1], by: 'mira', callback: false });
    standIn.tip(group);
    const MsgBody = [elements.text('new')];
    for (const MsgSeq of [1, 2, 3]) expect(await modify({ MsgSeq, MsgBody })).toBe(10030);
    expect(await modify({ MsgSeq: 1 })).toBe(10004);
    expect(await modify({ MsgSeq: 1, MsgBody: [] })).toBe(10004);
    expect(await modify({ MsgSeq: 1, CloudCustomData: 7 })).toBe(10004);
    expect(await modify({ MsgSeq: '1', MsgBody })).toBe(10004);
    expect(await modify({ GroupId: live, MsgSeq: 1, MsgBody })).toBe(10007);
    expect(await modify({ GroupId: '@TGS#2NONE', MsgSeq: 1, MsgBody })).toBe(10010);
  });
});

describe('delete_group_msg_by_sender', () => {
  test('marks the sender’s among the latest 1,000, and tells nobody', async () => {
    standIn.addHistory({ groupId: group, count: 1002, from: ['spammer', 'mira'] });
    expect(await code('delete_group_msg_by_sender', { Sender_Account: 'spammer' })).toBe(0);
    const marked = [...standIn.messages()].filter((message) => message.recalled).map((message) => message.msgSeq);
    expect(marked).toHaveLength(500);
    expect(marked[0]).toBe(3);
    expect((await history()).map((item) => item.IsPlaceMsg).slice(0, 4)).toEqual([0, 2, 0, 2]);
    expect(codesOf(await recall(standIn, group, 1, 3))).toEqual([
      [1, 0],
      [3, 10030],
    ]);
    await standIn.settled();
    expect(catcher.caught.map(({ body }) => body.MsgSeqList)).toEqual([[{ MsgSeq: 1 }]]);
    expect(standIn.ledger.calls({ command: 'delete_group_msg_by_sender' })).toMatchObject([{ recalled: [] }]);
  });

  test('no effect and no error in a live group; refusals', async () => {
    standIn.send({ groupId: live, from: 'mira', text: 'hi', callback: false });
    expect(await code('delete_group_msg_by_sender', { GroupId: live, Sender_Account: 'mira' })).toBe(0);
    expect(standIn.message(live, null, 1)?.recalled).toBeNull();
    expect(await code('delete_group_msg_by_sender', {})).toBe(10004);
    expect(await code('delete_group_msg_by_sender', { GroupId: '@TGS#2NONE', Sender_Account: 'x' })).toBe(10010);
  });
});

test('clear_group_msg hides from clients only', async () => {
  standIn.addHistory({ groupId: group, count: 3 });
  const before = await history();
  expect(await code('clear_group_msg', { MsgSeq: 2 })).toBe(0);
  expect(await code('clear_group_msg', {})).toBe(0);
  expect(await history()).toEqual(before);
  standIn.addGroup({ groupId: '@TGS#_c', type: 'Community' });
  expect(await code('clear_group_msg', { GroupId: '@TGS#_c' })).toBe(10007);
  expect(await code('clear_group_msg', { MsgSeq: 0 })).toBe(10004);
  expect(await code('clear_group_msg', { GroupId: '@TGS#2NONE' })).toBe(10010);
  await nothingTold();
});

test('send_group_msg over 40 a second of a group: dropped, and called a success', async () => {
  const sending = () =>
    call(standIn, 'send_group_msg', { GroupId: group, Random: 1, MsgBody: [elements.text('x')], MsgPriority: 'High' });
  for (let index = 0; index < 40; index += 1) expect((await sending()).json).not.toHaveProperty('MsgDropReason');
  expect((await sending()).json).toMatchObject({ ErrorCode: 0, MsgSeq: 41, MsgDropReason: 'MsgFreqCtrl' });
  expect([...standIn.messages()]).toHaveLength(40);
  clock.advance(1000);
  expect((await sending()).json).toEqual({
    ActionStatus: 'OK',
    ErrorInfo: '',
    ErrorCode: 0,
    MsgSeq: 41,
    MsgTime: seconds(),
  });
  await standIn.settled();
  expect(catcher.caught).toHaveLength(41);
});
