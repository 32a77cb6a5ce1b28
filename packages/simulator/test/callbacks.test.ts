import { afterAll, expect, test } from '@jest/globals';
import { callbacks, elements } from '../src/index.ts';
import { closeAll, recall, start, stoppedClock } from './signed-calls.ts';
import { catchCallbacks } from './webhook-catcher.ts';

afterAll(closeAll);

const group = '@TGS#2CALLBACKS';

test('sends, recalls by clients and recalls by REST fire; tips do not', async () => {
  const catcher = await catchCallbacks();
  const clock = stoppedClock();
  const standIn = await start({ clock, webhook: { url: catcher.url, token: 'hush', connections: 1 } });
  standIn.addGroup({ groupId: group, type: 'Public' });
  for (const text of ['one', 'two', 'three']) standIn.send({ groupId: group, from: 'mira', text });
  standIn.tip(group);
  standIn.recallByClient({ groupId: group, msgSeqs: [1, 4], by: 'mira' });
  await standIn.settled();
  await recall(standIn, group, 1, 2, 3);
  await standIn.settled();
  expect(catcher.commands().filter((command) => command === 'Group.CallbackAfterSendMsg')).toHaveLength(3);
  expect(catcher.caught.slice(3).map(({ body }) => body)).toEqual(
    [
      { by: 'mira', seqs: [1] },
      { by: 'administrator', seqs: [2, 3] },
    ].map(({ by, seqs }) => ({
      CallbackCommand: 'Group.CallbackAfterRecallMsg',
      Operator_Account: by,
      Type: 'Public',
      GroupId: group,
      MsgSeqList: seqs.map((seq) => ({ MsgSeq: seq })),
      EventTime: clock(),
    })),
  );
});

test('a callback may be held back, and echoes may be off', async () => {
  const catcher = await catchCallbacks();
  const standIn = await start({ echoRecalls: false, webhook: { url: catcher.url } });
  standIn.addGroup({ groupId: group, type: 'Public' });
  const { callback } = standIn.send({ groupId: group, from: 'mira', text: 'later', callback: false });
  const held = standIn.recallByClient({ groupId: group, msgSeqs: [1], by: 'mira', callback: false });
  await recall(standIn, group, 1);
  await standIn.settled();
  expect(catcher.caught).toEqual([]);
  expect(callback).toMatchObject({ MsgSeq: 1, From_Account: 'mira' });
  expect(held.callback).toMatchObject({ MsgSeqList: [{ MsgSeq: 1 }] });
});

test('an online-only message is not stored and shares its sequence with the next one, but not in a live group', async () => {
  const standIn = await start();
  standIn.addGroup({ groupId: group, type: 'Public' });
  standIn.addGroup({ groupId: '@TGS#aLIVE', type: 'AVChatRoom' });
  const send = (groupId: string, onlineOnly: boolean) =>
    standIn.send({ groupId, from: 'wei', text: 'hi', onlineOnly }).callback;
  expect(send(group, true)).toMatchObject({ MsgSeq: 1, OnlineOnlyFlag: 1 });
  expect(send(group, false)).toMatchObject({ MsgSeq: 1, OnlineOnlyFlag: 0 });
  expect(send('@TGS#aLIVE', true)).toMatchObject({ MsgSeq: 1, OnlineOnlyFlag: 0 });
  expect([...standIn.messages()]).toHaveLength(2);
});

test('deleted topics and refused messages', async () => {
  const catcher = await catchCallbacks();
  const clock = stoppedClock();
  const standIn = await start({ clock, webhook: { url: catcher.url, connections: 1 } });
  const groupId = '@TGS#_@TGS#cTOWN';
  const { topicIds } = standIn.addGroup({ groupId, type: 'Community', topics: ['news', 'talk', 'rest'] });
  const [news = '', talk = ''] = topicIds;
  standIn.refuse({ groupId, topicId: talk, from: 'mira', text: 'no', random: 5, code: 80001 });
  standIn.destroyTopics(groupId, [news, talk]);
  await standIn.settled();
  expect(catcher.caught.map(({ body }) => body)).toEqual([
    {
      CallbackCommand: 'Group.CallbackSendMsgException',
      GroupId: groupId,
      Type: 'Community',
      TopicId: talk,
      From_Account: 'mira',
      Operator_Account: 'mira',
      Random: 5,
      OnlineOnlyFlag: 0,
      MsgBody: [elements.text('no')],
      CloudCustomData: '',
      EventTime: clock(),
      ErrorCode: 80001,
      ErrorInfo: 'refused',
    },
    {
      CallbackCommand: 'Group.CallbackAfterTopicDestroyed',
      GroupId: groupId,
      Type: 'Community',
      TopicIdList: [news, talk],
    },
  ]);
  expect([...standIn.messages()]).toEqual([]);
  expect(() => standIn.send({ groupId, topicId: talk, from: 'mira', text: 'hi' })).toThrow(talk);
  expect(() => standIn.destroyTopics(groupId, [news])).toThrow(news);
});

test('the three generations of payloads', () => {
  const message = {
    groupId: '@TGS#_@TGS#cTOWN',
    topicId: '@TGS#_@TGS#cTOWN@TOPIC#_news',
    type: 'Community',
    from: 'mira',
    msgSeq: 9,
    msgTime: 1_760_000_300,
    random: 12,
    body: [elements.text('welcome')],
    eventTime: 1_760_000_300_123,
  };
  expect(callbacks.afterSendMsg(message)).toEqual({
    CallbackCommand: 'Group.CallbackAfterSendMsg',
    GroupId: message.groupId,
    Type: 'Community',
    TopicId: message.topicId,
    From_Account: 'mira',
    Operator_Account: 'mira',
    Random: 12,
    MsgSeq: 9,
    MsgId: expect.stringMatching(/^\d{18}-1760000300-12$/),
    MsgTime: 1_760_000_300,
    OnlineOnlyFlag: 0,
    MsgBody: message.body,
    CloudCustomData: '',
    EventTime: 1_760_000_300_123,
  });
  expect(callbacks.afterSendMsg(message, '2024')).toMatchObject({ EventTime: '1760000300123' });
  expect(Object.keys(callbacks.afterSendMsg(message, '2018'))).toEqual(
    'CallbackCommand GroupId Type TopicId From_Account MsgSeq MsgTime MsgBody CloudCustomData'.split(' '),
  );
});
