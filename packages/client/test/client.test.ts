import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import {
  allRecalled,
  ApiError,
  createClient,
  enqueueRecallJob,
  hasEnded,
  type Client,
  type Message,
  type Outcome,
} from '../src/index.ts';
import { adminToken, startAtWork, type AtWork } from './at-work.ts';

let at: AtWork;
let client: Client;
beforeAll(async () => {
  at = await startAtWork();
  client = createClient({ baseUrl: at.url, token: adminToken });
  await at.say(Array.from({ length: 25 }, (_, n) => ({ from: 'wave', text: `wave ${n}` })));
});
afterAll(() => at.stop());

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('searches, page by page', async () => {
  const { items, nextCursor } = await client.messages.search({ sender: ['wave'], limit: 10 });
  expect(items).toHaveLength(10);
  expect(nextCursor).not.toBeNull();
  const found: Message[] = await all(client.messages.each({ sender: ['wave'], limit: 10 }));
  expect(found.map(({ msgSeq }) => msgSeq)).toEqual(Array.from({ length: 25 }, (_, n) => 25 - n));
});

test('plans, executes, waits, and reads every outcome', async () => {
  const made = await client.recalls.create({ selector: { senders: ['wave'] }, reason: 'test', mode: 'plan' });
  const planned = await client.recalls.wait(made.id, { everyMs: 20, until: ({ state }) => state === 'planned' });
  expect(planned).toMatchObject({ state: 'planned', counts: { planned: 25, pending: 25 } });
  await expect(client.recalls.plan(made.id)).resolves.toMatchObject({ messages: 25, toCall: 25, calls: 3 });

  at.standIn.faults.add({ groupId: '@TGS#A', sequence: 7, effect: { kind: 'poison' } });
  await client.recalls.execute(made.id);
  const readings: number[] = [];
  const ended = await client.recalls.wait(made.id, {
    everyMs: 20,
    onProgress: ({ counts }) => readings.push(counts.recalled),
  });
  expect([ended.state, hasEnded(ended), allRecalled(ended)]).toEqual(['completed_with_failures', true, false]);
  expect(readings.at(-1)).toBe(24);

  const outcomes: Outcome[] = await all(client.recalls.eachOutcome(made.id));
  expect(outcomes).toHaveLength(25);
  expect(await all(client.recalls.eachOutcome(made.id, { state: ['failed'] }))).toMatchObject([{ msgSeq: 7 }]);
  const csv = (await all(client.recalls.outcomesAs('csv', made.id))).join('');
  expect(csv.trimEnd().split('\r\n')).toHaveLength(26);
  await expect(client.recalls.errors(made.id)).resolves.toMatchObject([{ state: 'failed', count: 1 }]);

  at.standIn.faults.clear();
  await client.recalls.retry(made.id);
  expect(await client.recalls.wait(made.id, { everyMs: 20 })).toMatchObject({
    state: 'completed',
    counts: { recalled: 25 },
  });
});

test('one key, one recall; another request with it is refused', async () => {
  const request = { selector: { senders: ['nobody'] }, reason: 'test' };
  const first = await client.enqueueRecall(request, { idempotencyKey: 'k-1' });
  expect(await client.enqueueRecall(request, { idempotencyKey: 'k-1' })).toMatchObject({ id: first.id });
  const other = client.enqueueRecall({ ...request, reason: 'another' }, { idempotencyKey: 'k-1' });
  await expect(other).rejects.toMatchObject({ name: 'ApiError', status: 409, code: 'conflict' });
});

test('a job on the queue is a recall of the workers', async () => {
  await at.say([{ from: 'queued' }]);
  const request = { selector: { senders: ['queued'] }, reason: 'from a pipeline', requestedBy: 'pipeline' };
  const job = await enqueueRecallJob(at.jobs, { ...request, idempotencyKey: 'q-1' });
  const recallId = await eventually(async () => {
    const value = (await at.jobs.getJob(String(job.id)))?.returnvalue as { recallId: string } | null | undefined;
    return value?.recallId;
  });
  const ended = await client.recalls.wait(recallId, { everyMs: 20 });
  expect(ended).toMatchObject({
    state: 'completed',
    source: 'queue',
    requestedBy: 'pipeline',
    counts: { recalled: 1 },
  });
  await expect(enqueueRecallJob({ name: 'other', add: async () => {} }, request)).rejects.toThrow(TypeError);
});

test('lists recalls, newest first', async () => {
  const { items } = await client.recalls.list({ limit: 2 });
  expect(items).toHaveLength(2);
  expect((await all(client.recalls.each({ limit: 2 }))).length).toBeGreaterThan(2);
  expect((await client.recalls.list({ state: ['failed', 'paused'] })).items).toEqual([]);
});

test('tokens, protection, audit, session, health', async () => {
  const { settings, principal } = await client.session();
  expect(principal).toMatchObject({ name: 'admin', role: 'admin' });
  expect(settings.confirmAbove).toBeGreaterThan(0);
  const { secret, id } = await client.tokens.create({ name: 'looker', person: 'ann', role: 'viewer' });
  const viewer = createClient({ baseUrl: at.url, token: secret });
  await expect(viewer.tokens.list()).rejects.toMatchObject({ status: 403, code: 'forbidden' });
  expect((await client.tokens.list()).map(({ name }) => name)).toContain('looker');
  expect([await client.sessions.list(), await client.sessions.end('ann')]).toEqual([[], 0]);
  await client.tokens.revoke(id);
  await expect(viewer.recalls.list()).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });

  await client.protected.addSender({ sender: 'boss', reason: 'ours' });
  await client.protected.addMessage({ groupId: '@TGS#A', msgSeq: 1, reason: 'pinned' });
  expect(await client.protected.senders()).toMatchObject([{ sender: 'boss' }]);
  expect(await client.protected.messages()).toMatchObject([{ groupId: '@TGS#A', topicId: null, msgSeq: 1 }]);
  await client.protected.removeSender('boss');
  await client.protected.removeMessage({ groupId: '@TGS#A', msgSeq: 1 });
  expect([await client.protected.senders(), await client.protected.messages()]).toEqual([[], []]);

  expect((await all(client.audit.each({ limit: 3 }))).length).toBeGreaterThan(3);
  expect(await client.audit.verify()).toMatchObject({ firstBroken: null });
  expect(await client.health()).toMatchObject({ batches: { running: 0 } });
  expect(await client.readiness()).toMatchObject({ status: 200, readiness: { ready: true }, date: expect.any(Date) });
});

test('waiting ends with the signal', async () => {
  const { id } = await client.recalls.create({ selector: { senders: ['wave'] }, reason: 'r', mode: 'plan' });
  await expect(client.recalls.wait(id, { everyMs: 10, signal: AbortSignal.timeout(60) })).rejects.toThrow(
    /aborted|timeout/iu,
  );
  await expect(client.recalls.get('019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f')).rejects.toBeInstanceOf(ApiError);
});
