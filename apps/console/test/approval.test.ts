import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planRecall, type Recall } from '@chat-recall/shared/recalls';
import { startAtWork, token, type Answer, type AtWork, type Refused } from './console-at-work.ts';
import { auditOf, tokenFor } from './signed-in.ts';

/** More than this needs another person. */
const above = 30;
let at: AtWork;
let next = 0;
beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: String(above) });
});
afterAll(() => at.stop());

type Bearer = { readonly authorization: string };
const admin: Bearer = { authorization: `Bearer ${token}` };

/** A sender of their own for each test, with so many messages. */
async function sender(messages: number): Promise<string> {
  const name = `sender-${(next += 1)}`;
  await more(name, messages);
  return name;
}
async function more(name: string, messages: number): Promise<void> {
  await at.say(Array.from({ length: messages }, () => ({ sender: name, msgSeq: (next += 1) })));
}
async function recallBy(bearer: Bearer, name: string, request: object = {}): Promise<Recall> {
  const asked = { selector: { senders: [name] }, reason: 'spam', ...request };
  const { status, body } = await at.post<Recall>('/api/v1/recalls', asked, bearer);
  expect(status).toBe(202);
  await planRecall(at.db, body.id);
  return read(body.id);
}
const read = async (id: string): Promise<Recall> => (await at.get<Recall>(`/api/v1/recalls/${id}`)).body;
const act = (
  bearer: Bearer,
  id: string,
  action: string,
  body: object = {},
): Promise<Answer<Recall & Refused & { drift: object }>> => at.post(`/api/v1/recalls/${id}/${action}`, body, bearer);

test('a larger one of a moderator waits for another person, who lets the plan run as it is', async () => {
  const [asking, approving] = [await tokenFor(at, 'moderator'), await tokenFor(at, 'approver')];
  const recall = await recallBy(asking.bearer, await sender(above + 1));
  expect(recall).toMatchObject({
    state: 'awaiting_approval',
    startedAt: null,
    requestedBy: asking.name,
    approval: { above, awaitingSince: expect.any(String), approvedBy: null, approvedAt: null },
  });
  // Nobody else can hurry it.
  for (const action of ['execute', 'resume', 'pause', 'retry']) {
    expect([action, (await act(asking.bearer, recall.id, action)).status]).toEqual([action, 409]);
  }
  expect((await act(asking.bearer, recall.id, 'approve')).status).toBe(403);
  const { status, body } = await act(approving.bearer, recall.id, 'approve');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    state: 'running',
    counts: { planned: above + 1 },
    approval: { above, awaitingSince: null, approvedBy: approving.name, approvedAt: expect.any(String) },
  });
  expect((await act(approving.bearer, recall.id, 'approve')).body).toMatchObject({ code: 'conflict' });
});

test('as large as allowed runs at once', async () => {
  const { bearer } = await tokenFor(at, 'moderator');
  expect(await recallBy(bearer, await sender(above))).toMatchObject({ state: 'running', approval: null });
});

test('the same person is no other person, by whatever token', async () => {
  const asking = await tokenFor(at, 'moderator', { person: 'eva' });
  const own = await tokenFor(at, 'approver', { person: 'eva' });
  const { id } = await recallBy(asking.bearer, await sender(above + 1));
  const { body } = await act(own.bearer, id, 'approve');
  expect(body).toMatchObject({ status: 403, code: 'forbidden', detail: expect.stringContaining('another person') });
  expect(await read(id)).toMatchObject({ state: 'awaiting_approval', approval: { approvedBy: null } });
  expect((await auditOf(at, `&recallId=${id}`)).map(({ action }) => action)).toEqual(['recall.create']);
});

test('nor is whoever let a plan of somebody else run', async () => {
  const planning = await tokenFor(at, 'moderator');
  const executing = await tokenFor(at, 'moderator', { person: 'fred' });
  const own = await tokenFor(at, 'approver', { person: 'fred' });
  const third = await tokenFor(at, 'approver');
  const { id, state } = await recallBy(planning.bearer, await sender(above + 1), { mode: 'plan' });
  expect(state).toBe('planned');
  expect((await act(executing.bearer, id, 'execute')).body).toMatchObject({
    state: 'awaiting_approval',
    executedBy: executing.name,
  });
  expect((await act(own.bearer, id, 'approve')).status).toBe(403);
  expect((await act(third.bearer, id, 'approve')).body).toMatchObject({ state: 'running' });
});

test('admins are exempt, and may let the plan of a moderator run', async () => {
  const own = await tokenFor(at, 'admin');
  for (const bearer of [admin, own.bearer]) {
    expect(await recallBy(bearer, await sender(above + 1))).toMatchObject({ state: 'running', approval: null });
  }
  const moderator = await tokenFor(at, 'moderator');
  const { id } = await recallBy(moderator.bearer, await sender(above + 1), { mode: 'plan' });
  expect((await act(admin, id, 'execute')).body).toMatchObject({ state: 'running', executedBy: 'admin' });
});

test("a token's own limit holds for what it asks for and for what it lets run", async () => {
  const { bearer } = await tokenFor(at, 'moderator', { maxMessages: 5 });
  expect(await recallBy(bearer, await sender(5))).toMatchObject({ state: 'running' });
  const failed = await recallBy(bearer, await sender(6));
  expect(failed).toMatchObject({ state: 'failed', stateNote: expect.stringMatching(/6 messages.* 5 /u) });
  // Taking it up again does not help.
  await act(bearer, failed.id, 'retry');
  await planRecall(at.db, failed.id);
  expect(await read(failed.id)).toMatchObject({ state: 'failed', startedAt: null });
  const { id } = await recallBy(admin, await sender(6), { mode: 'plan' });
  expect((await act(bearer, id, 'execute')).body).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await read(id)).state).toBe('planned');
});

test('0 means that nothing waits', async () => {
  const other = await startAtWork({ RECALL_APPROVAL_ABOVE: '0' });
  await other.say(Array.from({ length: 40 }, (_, n) => ({ msgSeq: n + 1 })));
  const { bearer } = await tokenFor(other, 'moderator');
  const { body } = await other.post<Recall>(
    '/api/v1/recalls',
    { selector: { senders: ['spammer'] }, reason: 'x' },
    bearer,
  );
  await planRecall(other.db, body.id);
  expect((await other.get<Recall>(`/api/v1/recalls/${body.id}`)).body).toMatchObject({
    state: 'running',
    approval: null,
  });
  await other.stop();
});

test('a plan whose selector matches others by now asks again: at execute and at approve', async () => {
  const [moderator, approver] = [await tokenFor(at, 'moderator'), await tokenFor(at, 'approver')];
  const name = await sender(above + 10);
  const { id } = await recallBy(moderator.bearer, name, { mode: 'plan' });
  await more(name, 4);
  // A tenth is no more than a tenth.
  await more(name, 1);
  const { status, body } = await act(moderator.bearer, id, 'execute');
  expect([status, body.code, body.drift]).toEqual([409, 'plan_drift', { frozen: 40, now: 45 }]);
  expect((await act(moderator.bearer, id, 'execute', { confirmDrift: false })).body.code).toBe('plan_drift');
  expect((await read(id)).state).toBe('planned');
  expect((await act(moderator.bearer, id, 'execute', { confirmDrift: true })).body.state).toBe('awaiting_approval');
  expect((await act(approver.bearer, id, 'approve')).body).toMatchObject({
    code: 'plan_drift',
    drift: { frozen: 40, now: 45 },
  });
  expect((await act(approver.bearer, id, 'approve', { confirmDrift: true })).body).toMatchObject({
    state: 'running',
    counts: { planned: 40 },
  });
});

test('a tenth is not too much, and named sequences do not drift', async () => {
  const name = await sender(10);
  const { id } = await recallBy(admin, name, { mode: 'plan' });
  await more(name, 1);
  expect((await act(admin, id, 'execute')).status).toBe(200);
  const named = await recallBy(admin, '', {
    mode: 'plan',
    selector: { messages: [{ groupId: '@TGS#one', msgSeqs: [900_001] }] },
  });
  await at.say([{ msgSeq: 900_001 }]);
  expect((await act(admin, named.id, 'execute')).status).toBe(200);
});

test('in another state that is what is told, not the drift', async () => {
  const name = await sender(10);
  const { id } = await recallBy(admin, name);
  await more(name, 10);
  expect((await act(admin, id, 'execute')).body).toMatchObject({ code: 'conflict' });
});

test('counting that takes too long stops nobody', async () => {
  const slow = await startAtWork({}, { readTimeoutMs: 300 });
  await slow.say(Array.from({ length: 5 }, (_, n) => ({ msgSeq: n + 1 })));
  const { id } = await slow.planned({ selector: { senders: ['spammer'] }, reason: 'x', mode: 'plan' });
  await slow.say(Array.from({ length: 50 }, (_, n) => ({ msgSeq: n + 100 })));
  const client = await slow.pool.connect();
  await client.query('begin; lock table messages in access exclusive mode');
  const answer = slow.post<Recall>(`/api/v1/recalls/${id}/execute`);
  expect((await answer).body).toMatchObject({ state: 'running' });
  await client.query('rollback');
  client.release();
  await slow.stop();
});

test('each step stands in the audit', async () => {
  const [asking, approving] = [
    await tokenFor(at, 'moderator', { person: 'gina' }),
    await tokenFor(at, 'approver', { person: 'hans' }),
  ];
  const name = await sender(above + 1);
  const { id } = await recallBy(asking.bearer, name, { mode: 'plan' });
  await act(asking.bearer, id, 'execute');
  await act(approving.bearer, id, 'approve');
  for (const action of ['pause', 'resume', 'cancel']) await act(asking.bearer, id, action);
  const rows = await auditOf(at, `&recallId=${id}`);
  expect(
    rows.map(({ action, person, role, via, details }) => [action, person, role, via, details['from'], details['to']]),
  ).toEqual([
    ['recall.create', 'gina', 'moderator', 'api', undefined, undefined],
    ['recall.execute', 'gina', 'moderator', 'api', 'planned', 'awaiting_approval'],
    ['recall.approve', 'hans', 'approver', 'api', 'awaiting_approval', 'running'],
    ['recall.pause', 'gina', 'moderator', 'api', 'running', 'paused'],
    ['recall.resume', 'gina', 'moderator', 'api', 'paused', 'running'],
    ['recall.cancel', 'gina', 'moderator', 'api', 'running', 'cancelled'],
  ]);
  expect(rows[0]?.details).toMatchObject({
    reason: 'spam',
    mode: 'plan',
    selector: { senders: [expect.stringMatching(/^[\da-f-]{36}$/u)] },
  });
});

test('one made again by its key is written once', async () => {
  const { bearer } = await tokenFor(at, 'moderator');
  const request = { selector: { senders: [await sender(1)] }, reason: 'once' };
  const keyed = { ...bearer, 'idempotency-key': 'once' };
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => at.post<Recall>('/api/v1/recalls', request, keyed)),
  );
  const ids = new Set(answers.map(({ body }) => body.id));
  expect(ids.size).toBe(1);
  expect(await auditOf(at, `&recallId=${[...ids].join('')}`)).toHaveLength(1);
});
