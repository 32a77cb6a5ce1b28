import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Erasure, Found } from '@chat-recall/shared/erasure';
import { startAtWork, type AtWork, type Page, type Refused } from './console-at-work.ts';
import { auditOf } from './signed-in.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
  await at.say([1, 2, 3].map((msgSeq) => ({ msgSeq, sender: 'canary-one' })));
  await at.planned({ selector: { senders: ['canary-one'] }, reason: 'about canary-one', mode: 'plan' });
});
afterAll(() => at.stop());

const order = { sender: 'canary-one', reason: 'asked for it' };
const found = { messages: 3, outcomes: 3, evidence: 0, recalls: 1, openRecalls: 1, protected: false };

test('nothing happens until it is confirmed; then it is stored, once, and written into the audit', async () => {
  const counted = await at.post<{ found: Found }>('/api/v1/erasures', order);
  expect([counted.status, counted.body]).toEqual([200, { found }]);
  expect((await at.post('/api/v1/erasures', { ...order, confirm: false })).status).toBe(200);
  expect((await at.get<Page<Erasure>>('/api/v1/erasures')).body.items).toEqual([]);

  const asked = await at.post<Erasure>('/api/v1/erasures', { ...order, confirm: true });
  expect([asked.status, asked.headers.get('location')]).toEqual([202, `/api/v1/erasures/${asked.body.id}`]);
  expect(asked.body).toMatchObject({
    state: 'waiting',
    reason: 'asked for it',
    requestedBy: 'admin',
    found,
    changed: {},
    replacement: `erased:${asked.body.id}`,
    progress: { done: 0 },
    waitsFor: null,
  });
  expect((await at.post<Erasure>('/api/v1/erasures', { ...order, confirm: true })).body.id).toBe(asked.body.id);
  expect((await at.get<Erasure>(`/api/v1/erasures/${asked.body.id}`)).body).toEqual(asked.body);
  expect((await at.get<Page<Erasure>>('/api/v1/erasures')).body).toEqual({ items: [asked.body], nextCursor: null });
  const rows = await auditOf(at, '&action=erasure.create');
  expect(rows).toHaveLength(1);
  expect(rows[0]?.details).toMatchObject({ erasureId: asked.body.id, reason: 'asked for it', found });
});

test('neither log nor audit holds the id, whatever was written about it', async () => {
  await at.get('/api/v1/messages?keyword=canary-one&sender=canary-one');
  await at.post('/api/v1/protected/senders', { sender: 'canary-one', reason: 'canary-one is fine' });
  await at.post('/api/v1/protected/messages', { groupId: 'g', msgSeq: 1, reason: '用户canary-one的消息' });
  const { rows } = await at.pool.query<{ row: string }>('select a::text as row from audit a');
  expect(rows.length).toBeGreaterThan(4);
  expect(rows.map(({ row }) => row).filter((row) => row.includes('canary-one'))).toEqual([]);
  const details = (await auditOf(at, '&action=protected.add')).map((row) => (row.details as { reason: string }).reason);
  expect(details.sort()).toEqual([
    expect.stringMatching(/^[\da-f-]{36} is fine$/u),
    expect.stringMatching(/^用户[\da-f-]{36}的消息$/u),
  ]);
  expect(at.log.join('')).not.toContain('canary-one');
});

test('an order that cannot be carried out, or would keep the id, is refused', async () => {
  const refused = async (change: object): Promise<unknown> => {
    const { status, body } = await at.post<Refused>('/api/v1/erasures', { ...order, confirm: true, ...change });
    return [status, body.errors.map(({ path }) => path)];
  };
  expect(await refused({ reason: 'canary-one wants it' })).toEqual([422, ['reason']]);
  expect(await refused({ reason: ' ', sender: '' })).toEqual([422, ['sender', 'reason']]);
  expect(await refused({ sender: `erased:019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f` })).toEqual([422, ['sender']]);
  expect(await refused({ confirm: 'yes' })).toEqual([422, ['confirm']]);
  const missing = await at.get<Refused>('/api/v1/erasures/019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f');
  expect([missing.status, missing.body.code]).toEqual([404, 'not_found']);
});
