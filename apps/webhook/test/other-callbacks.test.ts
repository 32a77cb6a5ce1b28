import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { callbacks } from '@chat-recall/simulator';
import { ok, sent, startReceiver, type AtWork } from './receiver-at-work.ts';

let work: AtWork;
beforeAll(async () => {
  work = await startReceiver();
});
afterAll(() => work.end());

/** Conversations that the platform is to be asked about now. */
async function due(): Promise<string[]> {
  const { rows } = await work.pool.query(
    `select v.group_id || v.topic_id as place from coverage c join conversations v using (conversation_id)
      where c.tail_due_at <= now() order by 1`,
  );
  return rows.map(({ place }: { place: string }) => place);
}

test('groups and topics that are said to be gone are asked about, for the word of a callback is not enough', async () => {
  for (const place of [
    { GroupId: 'a' },
    { GroupId: 'c' },
    { GroupId: 'c', TopicId: 't1' },
    { GroupId: 'c', TopicId: 't2' },
  ]) {
    expect(await work.post(sent(place))).toEqual(ok);
  }
  await work.pool.query(`insert into coverage (conversation_id, tail_due_at)
                         select conversation_id, now() + interval '1 hour' from conversations
                         on conflict (conversation_id) do update set tail_due_at = excluded.tail_due_at`);
  expect(await due()).toEqual([]);
  const topics = callbacks.afterTopicDestroyed({ groupId: 'c', topicIds: ['t2', 'unknown'] });
  expect(await work.post(topics)).toEqual(ok);
  expect(await due()).toEqual(['ct2']);
  const group = callbacks.afterGroupDestroyed({
    groupId: 'c',
    type: 'Community',
    owner: 'o',
    eventTime: 1_760_000_000_000,
  });
  expect(await work.post(group)).toEqual(ok);
  expect(await due()).toEqual(['c', 'ct1', 'ct2']);
  const { rows } = await work.pool.query('select count(*)::int as n from conversations where gone_at is not null');
  expect(rows).toEqual([{ n: 0 }]);
});

test.each([
  ['Group.CallbackAfterGroupDestroyed', { GroupId: 5 }, 'GroupId'],
  ['Group.CallbackAfterTopicDestroyed', { GroupId: 'c', TopicIdList: 'x' }, 'TopicIdList'],
  ['Group.CallbackAfterTopicDestroyed', { GroupId: 'c', TopicIdList: ['x', 7] }, 'TopicIdList[1]'],
])('%s that is malformed names the field', async (CallbackCommand, body, field) => {
  const answer = await work.post({ CallbackCommand, ...body });
  expect(answer.status).toBe(400);
  expect(answer.body.ErrorInfo).toContain(field);
});

test('callbacks are counted by name, with what the newest alarm said', async () => {
  const alarm = (requests: number) =>
    callbacks.requestOverLimit({ service: 'group_open_http_svc', command: 'group_msg_recall', requests, limit: 200 });
  for (const requests of [171, 188]) expect(await work.post(alarm(requests))).toEqual(ok);
  expect(await work.post({ CallbackCommand: 'Alert.RequestOverLimit', Request: 'many', Command: { a: 1 } })).toEqual(
    ok,
  );
  expect(await work.post(alarm(190))).toEqual(ok);
  const refused = { groupId: 'a', type: 'Public', from: 'x', random: 1, body: [], eventTime: 1 };
  expect(await work.post(callbacks.sendMsgException(refused, { code: 10016, info: 'no' }))).toEqual(ok);
  for (const name of ['Some.FutureCommand', 'Some.FutureCommand', `Long${'g'.repeat(300)}`]) {
    expect(await work.post({ CallbackCommand: name })).toEqual(ok);
  }
  await work.receiver.stop();
  const { rows } = await work.pool.query(
    'select command, count, details from callback_counts order by command collate "C"',
  );
  expect(rows).toEqual([
    {
      command: 'Alert.RequestOverLimit',
      count: 4,
      details: { service: 'group_open_http_svc', command: 'group_msg_recall', request: 190, limit: 200 },
    },
    { command: 'Group.CallbackAfterGroupDestroyed', count: 1, details: null },
    { command: 'Group.CallbackAfterSendMsg', count: 4, details: null },
    { command: 'Group.CallbackAfterTopicDestroyed', count: 1, details: null },
    { command: 'Group.CallbackSendMsgException', count: 1, details: null },
    { command: `Long${'g'.repeat(96)}`, count: 1, details: null },
    { command: 'Some.FutureCommand', count: 2, details: null },
  ]);
});
