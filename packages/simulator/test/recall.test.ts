import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { messageKey, type StandIn } from '../src/index.ts';
import { call, closeAll, codesOf, recall, start, stoppedClock } from './signed-calls.ts';

afterAll(closeAll);

const group = '@TGS#2RECALL';
let standIn: StandIn;
let clock: ReturnType<typeof stoppedClock>;

beforeEach(async () => {
  clock = stoppedClock();
  standIn = await start({ clock });
  standIn.addGroup({ groupId: group, type: 'Public' });
  for (let index = 0; index < 12; index += 1) standIn.send({ groupId: group, from: 'mira', text: `line ${index}` });
});

describe('per sequence', () => {
  test('recalled, unknown, and recalled before', async () => {
    expect(codesOf(await recall(standIn, group, 3, 99))).toEqual([
      [3, 0],
      [99, 10030],
    ]);
    expect(codesOf(await recall(standIn, group, 3))).toEqual([[3, 10030]]);
    expect(standIn.message(group, null, 3)?.recalled).toEqual({ at: clock(), by: 'administrator' });
    expect(standIn.ledger.recalled()).toEqual(new Set([messageKey(group, 3)]));
  });

  test('a sequence named twice is recalled once', async () => {
    expect(codesOf(await recall(standIn, group, 4, 4))).toEqual([
      [4, 0],
      [4, 10030],
    ]);
  });

  test.each([0, 10032] as const)('repeated recalls may answer %i', async (repeatRecallCode) => {
    const other = await start({ repeatRecallCode });
    other.addGroup({ groupId: group, type: 'Public' });
    other.send({ groupId: group, from: 'mira', text: 'once' });
    await recall(other, group, 1);
    expect(codesOf(await recall(other, group, 1))).toEqual([[1, repeatRecallCode]]);
    expect(other.ledger.calls().map(({ recalled }) => recalled)).toEqual([[1], []]);
  });

  test('a group tip: 10032', async () => {
    expect(standIn.tip(group)).toBe(13);
    expect(codesOf(await recall(standIn, group, 13))).toEqual([[13, 10032]]);
  });

  test('a group that does not support recall: 10033', async () => {
    standIn.addGroup({ groupId: '@TGS#2OLD', type: 'Private', recallSupported: false });
    standIn.send({ groupId: '@TGS#2OLD', from: 'mira', text: 'stays' });
    expect(codesOf(await recall(standIn, '@TGS#2OLD', 1))).toEqual([[1, 10033]]);
  });
});

test('the roaming period ends to the second', async () => {
  const now = Math.floor(clock() / 1000);
  const old = standIn.send({ groupId: group, from: 'mira', text: 'old', msgTime: now - 7 * 86_400 - 1 });
  const inTime = standIn.send({ groupId: group, from: 'mira', text: 'in time', msgTime: now - 7 * 86_400 + 1 });
  const codes = codesOf(await recall(standIn, group, old.msgSeq, inTime.msgSeq));
  expect(codes).toEqual([
    [old.msgSeq, 10031],
    [inTime.msgSeq, 0],
  ]);
});

test('a live group: one hour', async () => {
  standIn.addGroup({ groupId: '@TGS#aLIVE', type: 'AVChatRoom' });
  const now = Math.floor(clock() / 1000);
  for (const age of [3601, 3599]) standIn.send({ groupId: '@TGS#aLIVE', from: 'wei', text: 'hi', msgTime: now - age });
  expect(codesOf(await recall(standIn, '@TGS#aLIVE', 1, 2))).toEqual([
    [1, 10031],
    [2, 0],
  ]);
});

describe('refused whole', () => {
  const list = (...items: unknown[]) => ({ GroupId: group, MsgSeqList: items });
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => ({ MsgSeq: index + 1 }));
  test.each<[string, unknown, number]>([
    ['11 sequences', list(...numbers(11)), 10004],
    ['no sequence', list(), 10004],
    ['no list', { GroupId: group }, 10004],
    ['bare numbers', list(1), 10004],
    ['a string for a sequence', list({ MsgSeq: '1' }), 10004],
    ['sequence 0', list({ MsgSeq: 0 }), 10004],
    ['half a sequence among good ones', list({ MsgSeq: 1 }, { MsgSeq: 1.5 }), 10004],
    ['no group', { MsgSeqList: numbers(1) }, 10004],
    ['a reason that is no string', { ...list({ MsgSeq: 1 }), Reason: 5 }, 10004],
    ['an unknown group', { ...list({ MsgSeq: 1 }), GroupId: '@TGS#2NONE' }, 10010],
    ['a malformed group', { ...list({ MsgSeq: 1 }), GroupId: '群' }, 10015],
    ['a group id that is too long', { ...list({ MsgSeq: 1 }), GroupId: 'g'.repeat(49) }, 10015],
    ['an unknown topic', { ...list({ MsgSeq: 1 }), TopicId: `${group}@TOPIC#_x` }, 10010],
  ])('%s', async (_name, body, code) => {
    const { status, json } = await call(standIn, 'group_msg_recall', body);
    expect([status, json.ErrorCode, json.RecallRetList]).toEqual([200, code, undefined]);
    expect(standIn.recalledMessages().size).toBe(0);
  });

  test('recall switched off: 10041', async () => {
    const off = await start({ recallEnabled: false });
    off.addGroup({ groupId: group, type: 'Public' });
    expect((await recall(off, group, 1)).json.ErrorCode).toBe(10041);
  });

  test('a disbanded group: 10010', async () => {
    expect(standIn.destroyGroup(group)).toMatchObject({
      CallbackCommand: 'Group.CallbackAfterGroupDestroyed',
      GroupId: group,
    });
    expect((await recall(standIn, group, 1)).json.ErrorCode).toBe(10010);
  });
});

test('each topic has its own sequences, and so has the community', async () => {
  const community = '@TGS#_@TGS#cTOWN';
  const { topicIds } = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news', 'talk'] });
  expect(topicIds).toEqual([`${community}@TOPIC#_news`, `${community}@TOPIC#_talk`]);
  const places = [null, ...topicIds];
  const seqs = places.map((topicId) => standIn.send({ groupId: community, topicId, from: 'lina', text: 'a' }).msgSeq);
  expect(seqs).toEqual([1, 1, 1]);

  const body = { GroupId: community, TopicId: topicIds[1], MsgSeqList: [{ MsgSeq: 1 }] };
  expect(codesOf(await call(standIn, 'group_msg_recall', body))).toEqual([[1, 0]]);
  expect(standIn.recalledMessages()).toEqual(new Set([messageKey(topicIds[1] ?? '', 1)]));
  expect(codesOf(await recall(standIn, community, 1))).toEqual([[1, 0]]);
  expect(standIn.message(community, topicIds[0], 1)?.recalled).toBeNull();
});
