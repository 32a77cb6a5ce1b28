import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startConsole } from '../src/console.ts';
import { readConsoleConfig } from '../src/config.ts';
import { createLog } from '@chat-recall/shared/log';
import type { OpenSession } from '@chat-recall/shared/access';
import { createThrottle } from '../src/auth/throttle.ts';
import { appId, startAtWork, token, type AtWork, type Refused } from './console-at-work.ts';
import { auditOf, cookieIn, logIn, tokenFor, tryLogIn, type SessionBody } from './signed-in.ts';

const minuteMs = 60_000;
let at: AtWork;
let clock = Date.now();
beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: '50' }, { now: () => clock });
});
afterAll(() => at.stop());
beforeEach(() => {
  // Failures of the test before are forgotten.
  clock += 2 * minuteMs;
});

const who = (headers: Readonly<Record<string, string>>) =>
  at.ask<SessionBody & Refused>('GET', '/api/v1/session', { bare: true, headers });

describe('a session', () => {
  test('begins with a token and tells who it is; the cookie is for this browser and site alone', async () => {
    const { secret } = await tokenFor(at, 'moderator', { name: 'anna', person: 'Anna', maxMessages: 70 });
    const { status, headers, body } = await tryLogIn(at, secret);
    expect(status).toBe(200);
    expect(body).toEqual({
      principal: { name: 'anna', person: 'Anna', role: 'moderator', maxMessages: 70 },
      csrfToken: expect.stringMatching(/^[\w-]{43}$/u),
      settings: { sdkAppId: appId, sdkAppIds: [appId], callsPerSecond: 180, confirmAbove: 100, approveAbove: 50 },
    });
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^chat_recall_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u),
    ]);
    expect(body.csrfToken).not.toBe(cookieIn(headers).split('=')[1]);
    expect((await who({ cookie: `a=b; ${cookieIn(headers)}` })).body).toEqual(body);
    expect((await who({ authorization: `Bearer ${secret}` })).body).toEqual({ ...body, csrfToken: null });
    expect((await who({ authorization: `Bearer ${token}` })).body.settings).toMatchObject({ approveAbove: null });
  });

  test('is Secure when the browser came by https', async () => {
    for (const [proto, secure] of [
      ['https', true],
      ['HTTPS, http', true],
      ['http', false],
    ] as const) {
      const { headers } = await tryLogIn(at, token, { 'x-forwarded-proto': proto });
      const [cookie = ''] = headers.getSetCookie();
      expect([proto, cookie.endsWith('; Secure')]).toEqual([proto, secure]);
      expect([proto, cookie.startsWith('__Host-')]).toEqual([proto, secure]);
    }
  });

  test('over https counts by the cookie that no other host can set', async () => {
    const https = { 'x-forwarded-proto': 'https' };
    const { headers } = await tryLogIn(at, token, https);
    const cookie = cookieIn(headers);
    expect(cookie).toMatch(/^__Host-chat_recall_session=[\w-]{43}$/u);
    const status = async (more: Record<string, string>): Promise<number> =>
      (await at.ask('GET', '/api/v1/session', { bare: true, headers: more })).status;
    expect(await status({ ...https, cookie })).toBe(200);
    expect(await status({ ...https, cookie: cookie.replace('__Host-', '') })).toBe(401);
    expect(await status({ cookie })).toBe(401);
  });

  test('is stored by its hash alone', async () => {
    const { cookie } = await logIn(at, token);
    const { rows } = await at.pool.query<{ all: string }>('select string_agg(s::text, $1) as all from sessions s', [
      '\n',
    ]);
    expect(rows[0]?.all).not.toContain(cookie.split('=')[1]);
    expect(at.log.join('')).not.toContain(cookie.split('=')[1]);
  });

  test('ends after half an hour without a request', async () => {
    const { looking } = await logIn(at, token);
    for (let n = 0; n < 5; n += 1) {
      clock += 29 * minuteMs;
      expect((await who(looking)).status).toBe(200);
    }
    clock += 30 * minuteMs;
    expect((await who(looking)).body).toMatchObject({ status: 401, detail: expect.stringContaining('over') });
  });

  test('is not kept by what pages ask without their person', async () => {
    const { looking } = await logIn(at, token);
    const recall = await at.planned({ selector: { senders: ['nobody'] }, reason: 'r', mode: 'plan' });
    const get = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> => {
      const response = await fetch(at.url + path, { headers: { ...looking, ...headers } });
      await response.body?.cancel();
      return response.status;
    };
    const kept = async (ask: () => Promise<number>): Promise<boolean> => {
      expect((await who(looking)).status).toBe(200);
      clock += 29 * minuteMs;
      expect(await ask()).toBeLessThan(300);
      clock += 2 * minuteMs;
      const stillThere = (await get('/api/v1/session', { 'x-background': '1' })) === 200;
      if (!stillThere) await at.pool.query('update sessions set last_seen_at = $1', [new Date(clock)]);
      return stillThere;
    };
    const put = async (): Promise<number> =>
      (await fetch(`${at.url}/queues/api/queues/recall-jobs/resume`, { method: 'PUT', headers: looking })).status;
    expect(await kept(() => get('/api/v1/recalls', { 'x-background': '1' }))).toBe(false);
    expect(await kept(() => get(`/api/v1/recalls/${recall.id}/events`, { accept: 'text/event-stream' }))).toBe(false);
    expect(await kept(() => get('/queues/api/queues'))).toBe(false);
    expect(await kept(() => get('/api/v1/recalls', { 'x-background': '0' }))).toBe(true);
    expect(await kept(() => get('/queues'))).toBe(true);
    expect(await kept(put)).toBe(true);
  });

  test('takes its streams of events with it, and so does a token', async () => {
    const { id } = await at.planned({ selector: { senders: ['nobody'] }, reason: 'r', mode: 'plan' });
    const made = await tokenFor(at, 'viewer');
    const { looking, acting } = await logIn(at, token);
    const watch = async (headers: Readonly<Record<string, string>>): Promise<() => Promise<string>> => {
      const response = await fetch(`${at.url}/api/v1/recalls/${id}/events`, { headers });
      const reader = (response.body as ReadableStream<Uint8Array>).getReader();
      expect(Buffer.from((await reader.read()).value ?? []).toString()).toMatch(/^event: recall\n/u);
      return async () => {
        let rest = '';
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          rest += Buffer.from(next.value).toString();
        }
        return rest;
      };
    };
    const [byToken, bySession] = [await watch(made.bearer), await watch(looking)];
    await at.post(`/api/v1/tokens/${made.id}/revoke`);
    expect(await byToken()).toMatch(/^(?:: \n\n)*$/u);
    await at.ask('DELETE', '/api/v1/session', { bare: true, headers: acting });
    expect(await bySession()).toMatch(/^(?:: \n\n)*$/u);
  });

  test('ends after twelve hours whatever happens', async () => {
    const { looking } = await logIn(at, token);
    for (let n = 0; n < 12 * 3 - 1; n += 1) {
      clock += 20 * minuteMs;
      expect([n, (await who(looking)).status]).toEqual([n, 200]);
    }
    clock += 20 * minuteMs;
    expect((await who(looking)).status).toBe(401);
  });

  test('ends with its token: revoked, or expired', async () => {
    const revoked = await tokenFor(at, 'viewer');
    const expiring = await tokenFor(at, 'viewer', { expiresAt: new Date(clock + minuteMs).toISOString() });
    const [one, other] = [await logIn(at, revoked.secret), await logIn(at, expiring.secret)];
    await at.post(`/api/v1/tokens/${revoked.id}/revoke`);
    expect((await who(one.looking)).status).toBe(401);
    expect((await who(other.looking)).status).toBe(200);
    clock += minuteMs;
    expect((await who(other.looking)).status).toBe(401);
  });

  test('of the configured token ends when that is another one', async () => {
    const { looking } = await logIn(at, token);
    const { config } = readConsoleConfig({
      DATABASE_URL: at.databaseUrl,
      TENCENT_SDK_APP_ID: String(appId),
      CONSOLE_PORT: '0',
      CONSOLE_ADMIN_TOKEN: 'another-token-than-before',
    });
    const other = await startConsole(config, createLog('console', 'silent'), { now: () => clock });
    expect((await fetch(`${other.url}/api/v1/session`, { headers: looking })).status).toBe(401);
    await other.stop();
    expect((await who(looking)).status).toBe(200);
  });

  test('is another one after each log-in, and the former is over', async () => {
    const before = await logIn(at, token);
    const { headers } = await tryLogIn(at, token, before.looking);
    expect(cookieIn(headers)).not.toBe(before.cookie);
    expect((await who(before.looking)).status).toBe(401);
    expect((await who({ cookie: cookieIn(headers) })).status).toBe(200);
    // A failed one ends nothing.
    await tryLogIn(at, 'wrong', { cookie: cookieIn(headers) });
    expect((await who({ cookie: cookieIn(headers) })).status).toBe(200);
  });

  test('ends by log-out, which only the console itself can ask for', async () => {
    const { looking, acting } = await logIn(at, token);
    const out = (headers: Readonly<Record<string, string>>) =>
      at.ask<Refused>('DELETE', '/api/v1/session', { bare: true, headers });
    expect((await out(looking)).body).toMatchObject({ status: 403, code: 'csrf' });
    const { status, headers } = await out(acting);
    expect([status, headers.getSetCookie()]).toEqual([
      204,
      ['chat_recall_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'],
    ]);
    expect((await who(looking)).status).toBe(401);
    expect((await out(acting)).status).toBe(401);
    expect((await out({ authorization: `Bearer ${token}` })).status).toBe(204);
  });

  test('does not take the CSRF token of another one', async () => {
    const [one, other] = [await logIn(at, token), await logIn(at, token)];
    const headers = { ...one.looking, 'x-csrf-token': other.csrfToken };
    const { body } = await at.ask<Refused>('POST', '/api/v1/audit/verify', { bare: true, headers });
    expect(body).toMatchObject({ status: 403, code: 'csrf' });
  });

  test('is listed for admins while it holds, with whose it is and since when, and nothing that lets in', async () => {
    const list = async (headers: Record<string, string> = { authorization: `Bearer ${token}` }) =>
      (await at.ask<{ items: OpenSession[] }>('GET', '/api/v1/sessions', { bare: true, headers })).body.items;
    const of = async (...people: string[]) => (await list()).filter(({ person }) => people.includes(person));
    clock += 31 * minuteMs;
    expect(await list()).toEqual([]);
    const { secret } = await tokenFor(at, 'viewer', {
      name: 'carl-desk',
      person: 'Carl',
      expiresAt: new Date(clock + 40 * minuteMs).toISOString(),
    });
    const since = new Date(clock).toISOString();
    const carl = await logIn(at, secret);
    clock += 10 * minuteMs;
    const lately = new Date(clock).toISOString();
    const admin = await logIn(at, token);
    const carls = { person: 'Carl', name: 'carl-desk', role: 'viewer', by: 'token', createdAt: since, current: false };
    const admins = { person: 'admin', name: 'admin', role: 'admin', by: 'token', createdAt: lately };
    const both = await list(admin.looking);
    expect(both).toHaveLength(2);
    expect(both).toContainEqual({ ...carls, lastUsedAt: since });
    expect(both).toContainEqual({ ...admins, lastUsedAt: lately, current: true });
    expect((await of('admin'))[0]?.current).toBe(false);
    await who(carl.looking);
    expect(await of('Carl')).toEqual([{ ...carls, lastUsedAt: lately }]);
    const told = JSON.stringify(await list(admin.looking));
    for (const { cookie, csrfToken } of [carl, admin]) {
      expect(told).not.toContain(cookie.split('=')[1]);
      expect(told).not.toContain(csrfToken);
    }
    clock += 29 * minuteMs;
    expect(await of('Carl', 'admin')).toHaveLength(2);
    // One is idle for half an hour then, and the token of the other has expired.
    clock += minuteMs;
    expect(await list()).toEqual([]);
  });

  test('log-ins and log-outs stand in the audit, with the address and without secrets', async () => {
    const { secret } = await tokenFor(at, 'viewer', { name: 'bert', person: 'Bert' });
    const { acting, cookie } = await logIn(at, secret);
    await at.ask('DELETE', '/api/v1/session', { bare: true, headers: acting });
    await tryLogIn(at, 'crt_nonsense');
    const rows = (await auditOf(at)).filter(({ action }) => action.startsWith('session.')).slice(-3);
    expect(rows.map(({ action, actor, person, via, address }) => [action, actor, person, via, address])).toEqual([
      ['session.create', 'bert', 'Bert', 'browser', '127.0.0.1'],
      ['session.delete', 'bert', 'Bert', 'browser', '127.0.0.1'],
      ['session.refused', 'anonymous', '', 'browser', '127.0.0.1'],
    ]);
    const all = JSON.stringify(await auditOf(at));
    for (const hidden of [secret, cookie.split('=')[1], 'crt_nonsense', token]) expect(all).not.toContain(hidden);
  });

  test('a proxy on this host tells the address; what the client itself puts before it counts for nothing', async () => {
    await tryLogIn(at, token, { 'x-forwarded-for': '9.9.9.9, 203.0.113.7' });
    expect((await auditOf(at)).at(-1)).toMatchObject({ action: 'session.create', address: '203.0.113.7' });
  });
});

describe('failed log-ins', () => {
  test('ten a minute from one address, then even a good token waits', async () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });
    for (let n = 0; n < 10; n += 1) {
      expect((await tryLogIn(at, 'wrong', from('203.0.113.1'))).status).toBe(401);
      clock += 1_000;
    }
    const { status, headers, body } = await tryLogIn(at, token, from('203.0.113.1'));
    expect([status, headers.get('retry-after')]).toEqual([429, '50']);
    expect(body).toMatchObject({ code: 'too_many_attempts' });
    expect((await tryLogIn(at, token, from('203.0.113.2'))).status).toBe(200);
    clock += 50_000;
    expect((await tryLogIn(at, token, from('203.0.113.1'))).status).toBe(200);
  });

  test('many at once do not pass together', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => tryLogIn(at, 'wrong')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  });

  test('from everywhere together a hundred; those that succeed do not count', () => {
    let now = 0;
    const throttle = createThrottle(() => now);
    for (let n = 0; n < 500; n += 1) {
      const attempt = throttle.attempt('good');
      if ('succeeded' in attempt) attempt.succeeded();
    }
    for (let n = 0; n < 100; n += 1) expect(throttle.attempt(`address ${n}`)).toHaveProperty('succeeded');
    now = 59_001;
    expect(throttle.attempt('good')).toEqual({ retryAfterSeconds: 1 });
    now = 60_000;
    expect(throttle.attempt('good')).toHaveProperty('succeeded');
  });
});
