import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Token } from '@chat-recall/shared/access';
import { startAtWork, token, type AtWork, type Page, type Refused } from './console-at-work.ts';
import { auditOf, tokenFor } from './signed-in.ts';

let at: AtWork;
let clock = Date.now();
beforeAll(async () => {
  at = await startAtWork({}, { now: () => clock });
});
afterAll(() => at.stop());

const listed = async (id: string): Promise<Token | undefined> =>
  (await at.get<{ items: Token[] }>('/api/v1/tokens')).body.items.find((item) => item.id === id);

test('a secret is 256 random bits, shown once and kept by its hash', async () => {
  const { secret, bearer: _, ...made } = await tokenFor(at, 'viewer', { person: 'Carla' });
  expect(secret).toMatch(/^crt_[\w-]{43}$/u);
  expect(await listed(made.id)).toEqual(made);
  expect(made).toMatchObject({
    person: 'Carla',
    role: 'viewer',
    maxMessages: null,
    createdBy: 'admin',
    lastUsedAt: null,
    revokedAt: null,
  });
  const { rows } = await at.pool.query<{ all: string }>('select string_agg(t::text, $1) as all from api_tokens t', [
    '\n',
  ]);
  for (const where of [
    rows[0]?.all,
    JSON.stringify((await at.get('/api/v1/tokens')).body),
    JSON.stringify(await auditOf(at)),
    at.log.join(''),
  ]) {
    expect(where).not.toContain(secret.slice(4));
  }
});

test('the last use is noted once a minute', async () => {
  const { id, bearer } = await tokenFor(at, 'viewer');
  const use = async (): Promise<number> => {
    await at.get('/api/v1/recalls', bearer);
    return Date.parse(String((await listed(id))?.lastUsedAt));
  };
  const first = clock;
  expect(await use()).toBe(first);
  clock += 59_000;
  expect(await use()).toBe(first);
  clock += 1_000;
  expect(await use()).toBe(clock);
});

test('a revoked one is refused at once; revoking again changes nothing', async () => {
  const { id, bearer } = await tokenFor(at, 'moderator');
  expect((await at.get('/api/v1/recalls', bearer)).status).toBe(200);
  const { status, body } = await at.post<Token>(`/api/v1/tokens/${id}/revoke`);
  expect([status, body.revokedAt]).toEqual([200, new Date(clock).toISOString()]);
  expect((await at.get<Refused>('/api/v1/recalls', bearer)).body).toMatchObject({
    status: 401,
    code: 'unauthenticated',
  });
  clock += 5_000;
  expect((await at.post<Token>(`/api/v1/tokens/${id}/revoke`)).body).toEqual(body);
  expect((await auditOf(at, '&action=token.revoke')).map(({ details }) => details['id'])).toEqual([id]);
  expect((await at.post('/api/v1/tokens/019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f/revoke')).status).toBe(404);
});

test('an expired one is refused from that moment on', async () => {
  const { bearer } = await tokenFor(at, 'viewer', { expiresAt: new Date(clock + 10_000).toISOString() });
  clock += 9_999;
  expect((await at.get('/api/v1/recalls', bearer)).status).toBe(200);
  clock += 1;
  expect((await at.get('/api/v1/recalls', bearer)).status).toBe(401);
});

test.each([
  [{}, ['name', 'person', 'role']],
  [{ name: '', person: ' x', role: 'boss' }, ['name', 'person', 'role']],
  [{ name: 'Queue', person: 'x', role: 'admin' }, ['name']],
  [{ name: 'x', person: 'x', role: 'admin', maxMessages: 0 }, ['maxMessages']],
  [{ name: 'x', person: 'x', role: 'admin', expiresAt: 'tomorrow' }, ['expiresAt']],
  [{ name: 'x', person: 'x', role: 'admin', expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
  [{ name: 'x', person: 'x', role: 'admin', secret: 'mine' }, ['secret']],
])('%j is refused, field by field', async (body, paths) => {
  const { status, body: refused } = await at.post<Refused>('/api/v1/tokens', body);
  expect([status, refused.errors.map(({ path }) => path)]).toEqual([422, paths]);
});

test('making and revoking stand in the audit', async () => {
  const { id, name } = await tokenFor(at, 'approver', { person: 'Dora' });
  const { body } = await at.get<Page<{ actor: string; details: object }>>('/api/v1/audit?action=token.create&limit=1');
  expect(body.items).toMatchObject([{ actor: 'admin', details: { id, name, person: 'Dora', role: 'approver' } }]);
  expect((await at.get('/api/v1/tokens', { authorization: `Bearer ${token}` })).status).toBe(200);
});
