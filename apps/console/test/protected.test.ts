import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ProtectedMessage, ProtectedSender, Recall } from '@chat-recall/shared/recalls';
import { startAtWork, type AtWork, type Refused } from './console-at-work.ts';
import { auditOf } from './signed-in.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
  await at.say([
    ...[1, 2, 3].map((msgSeq) => ({ msgSeq, sender: 'boss' })),
    ...[4, 5, 6].map((msgSeq) => ({ msgSeq, sender: 'spammer' })),
  ]);
});
afterAll(() => at.stop());

const senders = async () => (await at.get<{ items: ProtectedSender[] }>('/api/v1/protected/senders')).body.items;
const messages = async () => (await at.get<{ items: ProtectedMessage[] }>('/api/v1/protected/messages')).body.items;
const request = { selector: { senders: ['boss', 'spammer'] }, reason: 'x', mode: 'plan' };

test('what is protected is left out of plans, and counted', async () => {
  const { status, body } = await at.post<ProtectedSender>('/api/v1/protected/senders', {
    sender: 'boss',
    reason: 'runs the place',
  });
  expect([status, body]).toEqual([
    201,
    { sender: 'boss', reason: 'runs the place', createdBy: 'admin', createdAt: expect.any(String) },
  ]);
  expect(await senders()).toEqual([body]);
  const message = { groupId: '@TGS#one', topicId: null, msgSeq: 5, reason: 'evidence in court' };
  const added = await at.post<ProtectedMessage>('/api/v1/protected/messages', message);
  expect([added.status, added.body]).toEqual([201, { ...message, createdBy: 'admin', createdAt: expect.any(String) }]);
  expect(await messages()).toEqual([added.body]);
  const recall = await at.planned(request);
  expect(recall).toMatchObject({ protectedLeftOut: 4, counts: { matched: 6, planned: 2 } });
  expect((await at.outcomes(recall.id)).map(({ msgSeq }) => msgSeq).sort()).toEqual([4, 6]);
  const named = await at.planned({
    ...request,
    selector: { messages: [{ groupId: '@TGS#one', msgSeqs: [1, 4, 5, 77] }] },
  });
  expect(named).toMatchObject({ protectedLeftOut: 2, counts: { planned: 2 } });
});

test('protecting again changes the reason; a message need not be in the index', async () => {
  await at.post('/api/v1/protected/senders', { sender: 'boss', reason: 'still' });
  expect(await senders()).toMatchObject([{ sender: 'boss', reason: 'still' }]);
  const unseen = { groupId: '@TGS#never', topicId: '@TGS#never@TOPIC', msgSeq: 9 };
  expect((await at.post('/api/v1/protected/messages', { ...unseen, reason: 'later' })).status).toBe(201);
  expect(await messages()).toMatchObject([unseen, { msgSeq: 5 }]);
});

test('removing is done once and does no harm again', async () => {
  for (let n = 0; n < 2; n += 1) {
    expect((await at.post('/api/v1/protected/senders/remove', { sender: 'boss' })).status).toBe(204);
    expect((await at.post('/api/v1/protected/messages/remove', { groupId: '@TGS#one', msgSeq: 5 })).status).toBe(204);
  }
  expect([await senders(), (await messages()).length]).toEqual([[], 1]);
  expect((await at.planned(request)) satisfies Recall).toMatchObject({ protectedLeftOut: 0, counts: { planned: 6 } });
  const rows = (await auditOf(at)).filter(({ action }) => action.startsWith('protected.'));
  expect(rows.map(({ action }) => action.slice('protected.'.length))).toEqual([
    'add',
    'add',
    'add',
    'add',
    'remove',
    'remove',
  ]);
  expect(JSON.stringify(rows)).not.toContain('boss');
  expect(rows[0]?.details['sender']).toBe(rows[2]?.details['sender']);
  expect(rows[1]?.details).toMatchObject({ groupId: '@TGS#one', msgSeq: 5, reason: 'evidence in court' });
});

test.each([
  ['senders', {}, ['sender', 'reason']],
  ['senders', { sender: '\0', reason: ' ' }, ['sender', 'reason']],
  ['messages', { groupId: '', msgSeq: 0, reason: '' }, ['groupId', 'msgSeq', 'reason']],
  ['messages', { groupId: 'g', msgSeq: 1.5, reason: 'r', x: 1 }, ['msgSeq', 'x']],
])('%s: %j is refused', async (what, body, paths) => {
  const refused = (await at.post<Refused>(`/api/v1/protected/${what}`, body)).body;
  expect([refused.status, refused.errors.map(({ path }) => path)]).toEqual([422, paths]);
});
