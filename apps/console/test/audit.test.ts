import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendAudit, system } from '@chat-recall/shared/audit';
import type { Recall } from '@chat-recall/shared/recalls';
import { deedOf } from '../src/queues/audit.ts';
import { startAtWork, type AtWork, type Page, type Refused } from './console-at-work.ts';
import { auditOf, tokenFor } from './signed-in.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
  await at.say([
    { msgSeq: 1, sender: 'mallory-id', text: 'buy gold now' },
    { msgSeq: 2, sender: 'mallory-id', text: 'BUY  gold now' },
    { msgSeq: 3, sender: 'victor-id', text: 'hello there' },
  ]);
});
afterAll(() => at.stop());

interface Found {
  readonly msgSeq: number;
  readonly text: string | null;
}
const search = (query: string, headers: Readonly<Record<string, string>> = {}) =>
  at.get<Page<Found> & Refused>(`/api/v1/messages?${query}`, headers);
const seqs = (items: readonly Found[]): number[] => items.map(({ msgSeq }) => msgSeq).sort();

test('reading messages is written with the query: senders by pseudonym, no text', async () => {
  const { name, bearer } = await tokenFor(at, 'moderator');
  await search('sender=mallory-id&keyword=gold&limit=10', bearer);
  await search('sender=victor-id&sender=mallory-id', bearer);
  const [one, two] = await auditOf(at, `&actor=${name}`);
  const pseudonym = expect.stringMatching(/^[\da-f-]{36}$/u);
  expect(one).toMatchObject({
    action: 'messages.read',
    via: 'api',
    details: { query: { senders: [pseudonym], keyword: ['gold'], limit: 10 }, messages: 2 },
  });
  const query = one?.details['query'] as { senders: string[] } | undefined;
  expect(two).toMatchObject({
    details: {
      query: { senders: [pseudonym, query?.senders[0]] },
      messages: 3,
    },
  });
});

test('a viewer gets no text and cannot find out what one holds, and reads nothing', async () => {
  const { name, bearer } = await tokenFor(at, 'viewer');
  const { body } = await search('sender=mallory-id', bearer);
  expect(body.items).toMatchObject([{ text: null }, { text: null }]);
  for (const query of ['keyword=gold', 'keyword=x&sender=mallory-id', 'sameTextGroup=%40TGS%23one&sameTextSeq=1']) {
    expect([query, (await search(query, bearer)).body.code]).toEqual([query, 'forbidden']);
  }
  await at.say([{ msgSeq: 4, sender: 'walter-id' }]);
  const { id } = await at.planned({ selector: { senders: ['walter-id'] }, reason: 'x', mode: 'plan' });
  expect((await at.get<{ sample: unknown[] }>(`/api/v1/recalls/${id}/plan`, bearer)).body.sample).toEqual([]);
  expect(await auditOf(at, `&actor=${name}`)).toEqual([]);
});

test('looking at a plan with its sample is reading; so is evidence', async () => {
  const { name, bearer } = await tokenFor(at, 'approver');
  const { id } = await at.planned({ selector: { senders: ['mallory-id'] }, reason: 'x', mode: 'plan' });
  await at.get(`/api/v1/recalls/${id}/plan`, bearer);
  await at.get(`/api/v1/recalls/${id}/evidence`, bearer);
  expect((await auditOf(at, `&actor=${name}`)).map(({ action, recallId }) => [action, recallId])).toEqual([
    ['messages.read', id],
    ['evidence.read', id],
  ]);
});

test('copies of a text are found, and kinds', async () => {
  expect(seqs((await search('sameTextGroup=%40TGS%23one&sameTextSeq=1')).body.items)).toEqual([1, 2]);
  expect(seqs((await search('messageType=TIMImageElem')).body.items)).toEqual([]);
  expect(seqs((await search('messageType=TIMImageElem&messageType=TIMTextElem&sender=victor-id')).body.items)).toEqual([
    3,
  ]);
  for (const [query, path] of [
    ['sameTextGroup=x', 'sameTextSeq'],
    ['sameTextSeq=1', 'sameTextGroup'],
    ['sameTextTopic=x', 'sameTextGroup'],
    ['sameTextGroup=%40TGS%23one&sameTextSeq=99', 'sameTextSeq'],
    ['messageType=Nonsense', 'messageType'],
  ] as const) {
    const { body } = await search(query);
    expect([query, body.code, body.errors[0]?.path]).toEqual([query, 'invalid_request', path]);
  }
});

test('no row knows a sender, whatever was done', async () => {
  const { body } = await at.post<Recall>('/api/v1/recalls', {
    selector: { senders: ['mallory-id', 'new-id'], excludeSenders: ['victor-id'], sentFrom: '2026-01-01T00:00:00Z' },
    reason: 'x',
    mode: 'plan',
  });
  await at.post('/api/v1/protected/senders', { sender: 'mallory-id', reason: 'known' });
  await at.post('/api/v1/protected/senders/remove', { sender: 'mallory-id' });
  expect((await auditOf(at, `&recallId=${body.id}`))[0]?.details).toMatchObject({
    selector: { senders: [expect.any(String), expect.any(String)], excludeSenders: [expect.any(String)] },
  });
  const { rows } = await at.pool.query<{ all: string }>('select string_agg(a::text, $1) as all from audit a', ['\n']);
  expect(rows[0]?.all).not.toMatch(/mallory|victor|walter|new-id|gold now|hello/u);
});

test('a deed that fails leaves no row, and the chain has no gap', async () => {
  const before = await auditOf(at);
  expect((await at.post('/api/v1/recalls/019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f/pause')).status).toBe(404);
  await expect(
    at.db.transaction().execute(async (trx) => {
      await appendAudit(trx, system, { action: 'test.undone' });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await appendAudit(at.db, system, { action: 'test.done' });
  const after = await auditOf(at);
  expect(after.slice(before.length).map(({ action }) => action)).toEqual(['test.done']);
  expect(after.map(({ id }) => id)).toEqual(after.map((_, index) => index + 1));
});

test('a page after the other, and by what is asked', async () => {
  const all = await auditOf(at);
  const paged = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: Page<(typeof all)[number]> } = await at.get(`/api/v1/audit?limit=3&cursor=${cursor}`);
    paged.push(...body.items);
    cursor = body.nextCursor;
  }
  expect(paged.toReversed()).toEqual(all);
  expect((await auditOf(at, '&action=token.create')).every(({ action }) => action === 'token.create')).toBe(true);
  expect(await auditOf(at, '&actor=nobody')).toEqual([]);
  expect((await at.get('/api/v1/audit?cursor=x')).status).toBe(422);
  expect((await at.get('/api/v1/audit?recallId=x')).status).toBe(422);
});

test('verifying walks the chain, tells the first row that was tampered with, and is written itself', async () => {
  const verify = async () => (await at.post<{ rows: number; firstBroken: number | null }>('/api/v1/audit/verify')).body;
  const whole = await verify();
  expect(whole).toEqual({ rows: (await auditOf(at)).length - 1, firstBroken: null });
  expect((await auditOf(at)).at(-1)).toMatchObject({ action: 'audit.verify', details: whole });
  await at.pool
    .query(`alter table audit disable trigger audit_keep; update audit set person = 'x' where audit_id in (3, 5);
                       alter table audit enable trigger audit_keep`);
  expect(await verify()).toMatchObject({ firstBroken: 3 });
});

test.each([
  ['PUT', '/api/queues/pause', 'queue.pause', {}],
  ['PUT', '/api/queues/q/resume', 'queue.resume', { queue: 'q' }],
  ['POST', '/api/queues/q/add', 'queue.add', { queue: 'q' }],
  ['PUT', '/api/queues/q/retry/failed', 'queue.retry', { queue: 'q', status: 'failed' }],
  ['PUT', '/api/queues/q/clean/completed', 'queue.clean', { queue: 'q', status: 'completed' }],
  ['PUT', '/api/queues/q/rate-limit/release', 'queue.rate-limit-release', { queue: 'q' }],
  ['PUT', '/api/queues/q/a%3Ab/retry', 'queue.retry', { queue: 'q', jobId: 'a:b' }],
  ['PUT', '/api/queues/q/7/retry/failed', 'queue.retry', { queue: 'q', jobId: '7' }],
  ['PUT', '/api/queues/q/7/clean', 'queue.remove', { queue: 'q', jobId: '7' }],
  ['PATCH', '/api/queues/q/7/update-data', 'queue.update-data', { queue: 'q', jobId: '7' }],
  ['PUT', '/api/queues/q/job-schedulers/s/remove', 'queue.scheduler-remove', { queue: 'q', scheduler: 's' }],
  ['PATCH', '/api/queues/q/job-schedulers/s', 'queue.scheduler-update', { queue: 'q', scheduler: 's' }],
  ['POST', '/api/metrics/history/purge', 'queue.purge', { method: 'POST', path: '/api/metrics/history/purge' }],
  ['DELETE', '/', 'queue.change', { method: 'DELETE', path: '/' }],
  ['PUT', '/api/queues/q/%00%E0/%00', 'queue.change', { queue: 'q', jobId: '%00%E0' }],
])('%s %s of the queue UI is %s', (method, path, action, details) => {
  expect(deedOf(method, path)).toEqual({ action, details });
});

test('what is done in the queue UI is written before it is done', async () => {
  const { name, bearer } = await tokenFor(at, 'admin');
  for (const path of ['recall-jobs/pause', 'recall-jobs/resume', 'none/7/retry']) {
    await fetch(`${at.url}/queues/api/queues/${path}`, { method: 'PUT', headers: bearer });
  }
  await fetch(`${at.url}/queues/api/queues`, { headers: bearer });
  expect(
    (await auditOf(at, `&actor=${name}`)).map(({ action, via, role, details }) => [action, via, role, details]),
  ).toEqual([
    ['queue.pause', 'queue-ui', 'admin', { queue: 'recall-jobs' }],
    ['queue.resume', 'queue-ui', 'admin', { queue: 'recall-jobs' }],
    ['queue.retry', 'queue-ui', 'admin', { queue: 'none', jobId: '7' }],
  ]);
});
