import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StandIn } from '../src/index.ts';
import { closeAll, recall, start } from './signed-calls.ts';

afterAll(closeAll);

const group = '@TGS#2ADMIN';
let standIn: StandIn;
beforeEach(async () => {
  standIn = await start();
});

async function admin(method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${standIn.url}/_standin/${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

test('groups, messages, ledger: one or many', async () => {
  const groups = [
    { groupId: group, type: 'Public' },
    { groupId: '@TGS#_c', type: 'Community', topics: ['news'] },
  ];
  const topicId = '@TGS#_c@TOPIC#_news';
  expect((await admin('POST', 'groups', groups)).json).toEqual({
    groups: [
      { groupId: group, topicIds: [] },
      { groupId: '@TGS#_c', topicIds: [topicId] },
    ],
  });
  const one = await admin('POST', 'send', { groupId: group, from: 'mira', text: 'hi', msgTime: 1_760_000_000 });
  expect(one.json).toMatchObject({ sent: [{ msgSeq: 1, msgTime: 1_760_000_000, callback: { MsgSeq: 1 } }] });
  await admin('POST', 'send', [
    { groupId: group, from: 'mira', text: 'again' },
    { groupId: '@TGS#_c', topicId, from: 'lina', text: 'news' },
  ]);
  const messages = await admin('GET', `messages?groupId=${encodeURIComponent('@TGS#_c')}`);
  expect(messages.json.messages).toMatchObject([{ topicId, msgSeq: 1, from: 'lina', recalled: null }]);

  await recall(standIn, group, 2);
  expect((await admin('GET', 'ledger?sequence=2&errorCode=0')).json.calls).toMatchObject([{ recalled: [2] }]);
  expect((await admin('GET', 'ledger?sequence=3')).json.calls).toEqual([]);
  expect((await admin('GET', 'ledger/summary')).json).toMatchObject({ calls: 1, recalled: 1 });
  await admin('POST', 'reset');
  expect((await admin('GET', 'ledger/summary')).json).toMatchObject({ calls: 0, recalled: 0 });
  expect((await admin('GET', 'messages')).json.messages).toEqual([]);
});

test('histories without callbacks, and what is disbanded', async () => {
  await admin('POST', 'groups', [
    { groupId: group, type: 'Public' },
    { groupId: '@TGS#_c', type: 'Community', topics: ['news'] },
  ]);
  const topicId = '@TGS#_c@TOPIC#_news';
  const added = await admin('POST', 'history', [
    { groupId: group, count: 30, from: ['mira'], sentFrom: 1_760_000_000, sentTo: 1_760_000_300 },
    { groupId: '@TGS#_c', topicId, count: 2 },
  ]);
  expect(added.json).toEqual({ lastMsgSeqs: [30, 2] });
  expect(standIn.message(group, null, 2)).toMatchObject({ from: 'mira', msgTime: 1_760_000_010 });
  const query = (topic = '') => `groups?groupId=${encodeURIComponent('@TGS#_c')}${topic}`;
  const topic = await admin('DELETE', query(`&topicId=${encodeURIComponent(topicId)}`));
  expect(topic.json.callback).toMatchObject({ TopicIdList: [topicId] });
  const whole = await admin('DELETE', query());
  expect(whole.json.callback).toMatchObject({ CallbackCommand: 'Group.CallbackAfterGroupDestroyed' });
  expect((await admin('DELETE', query())).status).toBe(400);
});

test('faults', async () => {
  const fault = { sequence: 3, times: 'forever', effect: { kind: 'sequence-code', code: 10002 } };
  expect((await admin('POST', 'faults', [fault, { effect: { kind: 'hang' } }])).json).toEqual({ ids: [1, 2] });
  expect(standIn.faults.list()[0]).toEqual({ ...fault, times: Infinity, id: 1, left: Infinity });
  await admin('DELETE', 'faults?id=1');
  expect((await admin('GET', 'faults')).json.faults).toMatchObject([{ id: 2, left: 1 }]);
  await admin('DELETE', 'faults');
  expect(standIn.faults.list()).toEqual([]);
});

describe('what is wrong is named', () => {
  test.each<[string, unknown, string]>([
    ['faults', { effect: { kind: 'fire' } }, 'effect.kind'],
    ['faults', { effect: { kind: 'toString' } }, 'effect.kind'],
    ['faults', { effect: { kind: 'latency' } }, 'effect.ms'],
    ['faults', { time: 1, effect: { kind: 'hang' } }, 'time is no field'],
    ['faults', { times: 'often', effect: { kind: 'hang' } }, 'times'],
    ['groups', { groupId: group, type: 'Secret' }, 'type'],
    ['groups', { type: 'Public' }, 'groupId'],
    ['groups', { groupId: group, type: 'Public', topics: ['x'] }, 'Community'],
    ['send', { groupId: group, from: 'mira' }, 'no conversation'],
    ['send', { groupId: group, from: 'mira', msgTime: 'now' }, 'msgTime'],
    ['send', 'hello', 'object'],
    ['history', { groupId: group, count: 1.5 }, 'count'],
    ['history', { groupId: group, count: 1, from: [] }, 'from'],
    ['history', { groupId: group, count: 1, sentFrom: 'now' }, 'sentFrom'],
    ['history', { groupId: group, count: 1, topicId: 7 }, 'topicId'],
    ['history', { groupId: group, count: 1 }, 'no conversation'],
  ])('%s %j', async (path, body, words) => {
    const { status, json } = await admin('POST', path, body);
    expect([status, json.error]).toEqual([400, expect.stringContaining(words)]);
  });

  test('no such door', async () => {
    expect((await admin('GET', 'nothing')).status).toBe(404);
    expect((await admin('PUT', 'faults')).status).toBe(404);
    expect((await admin('GET', 'ledger?sequence=x')).status).toBe(400);
  });
});

test('with a token only its bearer gets in; the REST API needs none', async () => {
  standIn = await start({ adminToken: 'door' });
  expect((await admin('GET', 'ledger')).status).toBe(401);
  expect((await admin('GET', 'ledger', undefined, 'wrong')).status).toBe(401);
  expect((await admin('GET', 'ledger', undefined, 'door')).status).toBe(200);
  expect((await recall(standIn, group, 1)).json.ErrorCode).toBe(10010);
});
