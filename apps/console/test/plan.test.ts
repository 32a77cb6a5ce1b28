import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  finishAttempt,
  beginBatch,
  feedBatches,
  sentSpan,
  settle,
  type PlanPreview,
  type Recall,
} from '@chat-recall/shared/recalls';
import type { RecallAnswer } from '@chat-recall/shared/tencent';
import { appId, startAtWork, type AtWork } from './console-at-work.ts';

let at: AtWork;
beforeEach(async () => {
  at = await startAtWork({ TENCENT_CALLS_PER_SECOND: '2' });
});
afterEach(() => at.stop());

type Plan = PlanPreview & { drift: { frozen: number; now: number } | null };
const hourMs = 3_600_000;
const planOf = async (id: string): Promise<Plan> => (await at.get<Plan>(`/api/v1/recalls/${id}/plan`)).body;
const codes = ({ warnings }: Plan): string[] => warnings.map(({ code }) => code);

test('a plan page tells what would be called: by group, by sender, over time, with a sample', async () => {
  const now = Date.now();
  await at.say([
    ...Array.from({ length: 11 }, (_, i) => ({ msgSeq: i + 1, msgTime: now - i * hourMs, text: `加微信 ${i}` })),
    ...Array.from({ length: 3 }, (_, i) => ({ groupId: '@TGS#two', sender: 'helper', msgSeq: i + 1, text: '加微' })),
  ]);
  await at.say([{ msgSeq: 99, sender: 'innocent', text: 'hello' }]);
  const recall = await at.planned({ selector: { keywords: ['加微'] }, reason: 'spam', mode: 'plan' });
  const plan = await planOf(recall.id);
  expect(plan).toMatchObject({
    messages: 14,
    toCall: 14,
    alreadyRecalled: 0,
    matched: 14,
    conversations: 2,
    calls: 3,
    etaSeconds: 2,
    byGroup: [
      { groupId: '@TGS#one', messages: 11 },
      { groupId: '@TGS#two', messages: 3 },
    ],
    bySender: [
      { sender: 'spammer', messages: 11 },
      { sender: 'helper', messages: 3 },
    ],
    drift: null,
  });
  expect(plan.sample).toHaveLength(14);
  expect(plan.sample.every(({ text }) => text.includes('加微'))).toBe(true);
  expect(plan.overTime.reduce((sum, { messages }) => sum + messages, 0)).toBe(14);
  expect(plan.overTime.length).toBeLessThanOrEqual(49);
  expect(codes(plan)).toEqual(['open_window']);
});

test('what people should know is said: age, live groups, overlap, unseen sequences, protection', async () => {
  const old = Date.now() - 10 * 24 * hourMs;
  await at.say([
    { msgSeq: 1, msgTime: old },
    { msgSeq: 2 },
    { groupId: '@TGS#live', msgSeq: 1, msgTime: Date.now() - 2 * hourMs },
  ]);
  await at.pool.query(`update conversations set group_type = 'AVChatRoom' where group_id = '@TGS#live'`);
  await at.planned({ selector: { senders: ['spammer'] }, reason: 'first', mode: 'plan' });
  await at.say([{ msgSeq: 3, sender: 'owner' }]);
  await at.pool.query(`insert into protected_senders (app_id, sender, reason, created_by)
            select app_id, 'owner', 'the owner', 'test' from conversations limit 1`);
  const second = await at.planned({ selector: { senders: ['spammer', 'owner'] }, reason: 'second', mode: 'plan' });
  const plan = await planOf(second.id);
  expect(codes(plan)).toEqual([
    'open_window',
    'older_than_roaming',
    'live_group_too_old',
    'live_group_clients',
    'overlap',
    'protected',
  ]);
  expect(plan).toMatchObject({ matched: 4, messages: 3, protectedLeftOut: 1 });
  const named = await at.planned({
    selector: { messages: [{ groupId: '@TGS#one', msgSeqs: [2, 777] }] },
    reason: 'named',
    mode: 'plan',
  });
  expect(codes(await planOf(named.id))).toEqual(['overlap', 'not_in_index']);
});

test('a selector that matches much more than when it was frozen says so', async () => {
  await at.say([{ msgSeq: 1 }, { msgSeq: 2 }]);
  const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'spam', mode: 'plan' });
  expect((await planOf(id)).drift).toBeNull();
  await at.say([{ msgSeq: 3 }, { msgSeq: 4 }]);
  expect((await planOf(id)).drift).toEqual({ frozen: 2, now: 4 });
  expect((await planOf(id)).messages).toBe(2);
});

test('every copy of a message, by any sender, in any group; one without text is refused', async () => {
  await at.say([
    { msgSeq: 1, text: 'ＢＵＹ　now 加微信' },
    { msgSeq: 2, text: 'buy now 加微信', sender: 'another', groupId: '@TGS#two' },
    { msgSeq: 3, text: 'buy now 加微信!' },
    { msgSeq: 4, text: '' },
  ]);
  const sameTextAs = { groupId: '@TGS#one', topicId: null, msgSeq: 1 };
  const recall = await at.planned({ selector: { sameTextAs }, reason: 'copies', mode: 'plan' });
  expect(recall.counts).toMatchObject({ matched: 2, planned: 2 });
});

async function callOnce(answer: RecallAnswer): Promise<void> {
  const [batch] = await feedBatches(at.db, appId, 20);
  if (batch === undefined) throw new Error('nothing to call');
  const begun = await beginBatch(at.db, batch, { name: 'test', starts: 1, leaseSeconds: 60 });
  if (begun?.attemptId == null) throw new Error('not begun');
  const { verdicts } = settle(begun.open, answer, Date.now());
  await finishAttempt(at.db, {
    key: { ...batch, fence: begun.fence },
    attempt: { id: begun.attemptId, answer },
    verdicts,
    next: 'done',
    pauseMs: 0,
    sent: sentSpan(begun.open),
  });
}

test('errors by code, in words and with advice; progress as events; evidence, sender and health', async () => {
  await at.say([1, 2, 3].map((msgSeq) => ({ msgSeq, text: `text ${msgSeq}`, msgTime: Date.now() - 60_000 })));
  const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'spam' });
  await callOnce({
    kind: 'answered',
    errorCode: 0,
    httpStatus: 200,
    body: new Map([
      [1, 0],
      [2, 10031],
      [3, 10004],
    ]),
  });

  const errors = await at.get<{ items: object[] }>(`/api/v1/recalls/${id}/errors`, { 'accept-language': 'zh-CN' });
  expect(errors.body.items).toMatchObject([
    { retCode: 10004, state: 'failed', count: 1, meaning: '参数非法。' },
    { retCode: 10031, state: 'expired', count: 1 },
  ]);
  await at.post(`/api/v1/recalls/${id}/cancel`);
  const events = await at.get<string>(`/api/v1/recalls/${id}/events`, { accept: 'text/event-stream' });
  expect(events.type).toContain('text/event-stream');
  const [, data] = /event: recall\ndata: (.*)\n\n$/u.exec(events.body) ?? [];
  const told = JSON.parse(String(data)) as Recall & { exposureSeconds: { p50: number } };
  expect(told).toMatchObject({ id, state: 'cancelled', counts: { recalled: 1, expired: 1, failed: 1 } });
  expect(told.exposureSeconds.p50).toBeGreaterThanOrEqual(59);

  await at.pool.query(`delete from messages`);
  const evidence = await at.get<{ items: object[] }>(`/api/v1/recalls/${id}/evidence`);
  expect(evidence.body.items).toMatchObject([{ groupId: '@TGS#one', msgSeq: 1, sender: 'spammer', text: 'text 1' }]);
  const { rows } = await at.pool.query(`select action from audit where action = 'evidence.read'`);
  expect(rows).toHaveLength(1);

  await at.say([{ msgSeq: 7 }, { msgSeq: 8, groupId: '@TGS#two' }]);
  expect((await at.get('/api/v1/senders/spammer')).body).toMatchObject({
    sender: 'spammer',
    messages: 2,
    groups: [{ messages: 1 }, { messages: 1 }],
    recalls: [{ id, messages: 3 }],
    protected: null,
  });
  expect((await at.get('/api/v1/senders/nobody')).body).toMatchObject({ messages: 0, firstAt: null, overTime: [] });
  await at.pool.query(`insert into ingest_samples values (now(), 'r', 120, 0.1, 0.5)`);
  expect((await at.get('/api/v1/health')).body).toMatchObject({
    ingest: { perSecond: 2, delaySeconds: { p50: 0.1, p95: 0.5 } },
    calls: { perSecond: 0.1, limit: 2 },
    errors: [
      { retCode: 10004, count: 1 },
      { retCode: 10031, count: 1 },
    ],
  });
});
