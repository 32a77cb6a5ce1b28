import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { OpenSession } from '@chat-recall/shared/access';
import { createLog } from '@chat-recall/shared/log';
import { readConsoleConfig } from '../src/config.ts';
import { startConsole } from '../src/console.ts';
import { attemptMinutes } from '../src/oidc/attempt.ts';
import { startAtWork, token, type AtWork } from './console-at-work.ts';
import { startProvider, Traveller, type ProviderAtWork } from './oidc-at-work.ts';
import { auditOf, logIn, tokenFor, type SessionBody } from './signed-in.ts';

let provider: ProviderAtWork;
let at: AtWork;
let later = 0;

beforeAll(async () => {
  provider = await startProvider();
  at = await startAtWork(provider.environment, { now: () => Date.now() + later });
});
beforeEach(() => {
  // Failures of the test before are forgotten.
  later += 61_000;
});
afterAll(async () => {
  await at.stop();
  await provider.close();
});

const begin = (to = '/'): string => `${at.url}/log-in/oidc?to=${encodeURIComponent(to)}`;
const refusedAs = (cause: string): string => `${at.url}/?logIn=${cause}`;
const sessionIn = (traveller: Traveller): string =>
  `chat_recall_session=${traveller.jar.get(at.url)?.get('chat_recall_session') ?? ''}`;
async function whoIs(cookie: string): Promise<SessionBody | number> {
  const { status, body } = await at.ask<SessionBody>('GET', '/api/v1/session', { bare: true, headers: { cookie } });
  return status === 200 ? body : status;
}
async function newestAudit(): Promise<object | undefined> {
  return (await auditOf(at)).at(-1);
}

test('whoever the provider gives a role is let in with it, as the person of the address', async () => {
  const traveller = new Traveller();
  const { response, location } = await traveller.logIn(at.url, 'mira', '/recalls?state=running');
  expect([response.status, location]).toEqual([303, `${at.url}/recalls?state=running`]);
  expect(response.headers.getSetCookie()).toEqual([
    'chat_recall_log_in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    expect.stringMatching(/^chat_recall_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/u),
  ]);
  expect(await whoIs(sessionIn(traveller))).toMatchObject({
    principal: { name: 'mira@example.com', person: 'mira@example.com', role: 'moderator', maxMessages: null },
  });
  expect(await newestAudit()).toMatchObject({
    action: 'session.create',
    actor: 'mira@example.com',
    person: 'mira@example.com',
    role: 'moderator',
    via: 'browser',
    details: { by: 'oidc' },
  });
});

test('of several values the one that is named first decides', async () => {
  const traveller = new Traveller();
  await traveller.logIn(at.url, 'ada');
  expect(await whoIs(sessionIn(traveller))).toMatchObject({ principal: { person: 'ada@example.com', role: 'admin' } });
});

test('an address that is not verified names nobody, and no name of ours is taken', async () => {
  for (const [who, person] of [
    ['liar', 'liar'],
    ['admin', 'oidc:admin'],
  ] as const) {
    const traveller = new Traveller();
    await traveller.logIn(at.url, who);
    expect(await whoIs(sessionIn(traveller))).toMatchObject({ principal: { name: person, person } });
  }
});

test.each(['nobody', 'noor'])('%s has no role and is not let in', async (who) => {
  const traveller = new Traveller();
  const { location } = await traveller.logIn(at.url, who);
  expect(location).toBe(refusedAs('no_role'));
  expect(sessionIn(traveller)).toBe('chat_recall_session=');
  expect(await newestAudit()).toMatchObject({
    action: 'session.refused',
    person: `${who}@example.com`,
    details: { by: 'oidc', cause: 'no_role' },
  });
});

test('the provider is asked with PKCE, a state and a nonce, anew each time', async () => {
  const urls = await Promise.all(
    [1, 2].map(async () => new URL(String((await new Traveller().step(begin())).location))),
  );
  for (const { origin, searchParams } of urls) {
    expect(origin).toBe(provider.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'chat-recall-console',
      redirect_uri: `${provider.consoleUrl}/log-in/oidc/callback`,
      response_type: 'code',
      scope: 'openid email groups',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/u),
      state: expect.stringMatching(/^[\w-]{43}$/u),
      nonce: expect.stringMatching(/^[\w-]{43}$/u),
    });
  }
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect(urls[0]?.searchParams.get(name)).not.toBe(urls[1]?.searchParams.get(name));
});

test('what another browser began, or nobody, or somebody long ago, is not finished', async () => {
  const victim = new Traveller();
  await victim.step(begin());
  const attackers = await new Traveller().toCallback(begin(), 'ada');
  expect((await victim.step(attackers)).location).toBe(refusedAs('expired'));
  expect((await new Traveller().step(attackers)).location).toBe(refusedAs('expired'));
  expect((await new Traveller().step(`${at.url}/log-in/oidc/callback`)).location).toBe(refusedAs('expired'));

  const slow = new Traveller();
  const callback = await slow.toCallback(begin(), 'ada');
  later += attemptMinutes * 60_000 + 1_000;
  expect((await slow.step(callback)).location).toBe(refusedAs('expired'));
  expect(await newestAudit()).toMatchObject({ action: 'session.refused', details: { cause: 'expired' } });
});

test("somebody else's code does not fit, and no answer counts twice", async () => {
  const traveller = new Traveller();
  const callback = new URL(await traveller.toCallback(begin(), 'mira'));
  const others = new URL(await new Traveller().toCallback(begin(), 'ada'));
  const mixed = new URL(callback);
  mixed.searchParams.set('code', String(others.searchParams.get('code')));
  const cookies = new Map(traveller.jar.get(at.url));
  expect((await traveller.step(mixed.href)).location).toBe(refusedAs('provider'));

  traveller.jar.set(at.url, new Map(cookies));
  expect((await traveller.step(callback.href)).location).toBe(`${at.url}/`);
  traveller.jar.set(at.url, new Map(cookies));
  expect((await traveller.step(callback.href)).location).toBe(refusedAs('provider'));
  expect(sessionIn(traveller)).toBe('chat_recall_session=');
});

test('an answer in the name of another issuer is refused', async () => {
  const traveller = new Traveller();
  const callback = new URL(await traveller.toCallback(begin(), 'ada'));
  callback.searchParams.set('iss', 'https://elsewhere.example');
  expect((await traveller.step(callback.href)).location).toBe(refusedAs('provider'));
});

test('whoever breaks it off at the provider is told so', async () => {
  expect((await new Traveller().logIn(at.url, '')).location).toBe(refusedAs('denied'));
});

test('log-ins that fail are bounded like those with a token', async () => {
  const locations: (string | null)[] = [];
  for (let tries = 1; tries <= 11; tries += 1)
    locations.push((await new Traveller().step(`${at.url}/log-in/oidc/callback?state=x`)).location);
  expect(locations.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => refusedAs('expired')));
  expect(locations[10]).toBe(refusedAs('busy'));
});

test('a log-in ends the session that the browser had, and its own secret is new', async () => {
  const { cookie } = await logIn(at, token);
  const traveller = new Traveller();
  traveller.jar.set(at.url, new Map([['chat_recall_session', cookie.slice('chat_recall_session='.length)]]));
  await traveller.logIn(at.url, 'mira');
  expect(await whoIs(cookie)).toBe(401);
  const first = sessionIn(traveller);
  await traveller.logIn(at.url, 'mira');
  expect(sessionIn(traveller)).not.toBe(first);
  expect(await whoIs(first)).toBe(401);
  expect(await whoIs(sessionIn(traveller))).toMatchObject({ principal: { person: 'mira@example.com' } });
});

test('logging out ends the session; what changes something needs its CSRF token', async () => {
  const traveller = new Traveller();
  await traveller.logIn(at.url, 'mira');
  const cookie = sessionIn(traveller);
  const { csrfToken } = (await whoIs(cookie)) as SessionBody;
  const out = (headers: Record<string, string>) =>
    at.ask('DELETE', '/api/v1/session', { bare: true, headers: { cookie, ...headers } });
  expect(await out({})).toMatchObject({ status: 403, body: { code: 'csrf' } });
  const { status, headers } = await out({ 'x-csrf-token': csrfToken });
  expect([status, headers.getSetCookie()]).toEqual([
    204,
    ['chat_recall_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0'],
  ]);
  expect(await whoIs(cookie)).toBe(401);
  expect(await newestAudit()).toMatchObject({ action: 'session.delete', person: 'mira@example.com' });
});

test('an admin sees and ends all sessions of a person, with the provider and with tokens', async () => {
  await at.pool.query('delete from sessions');
  const travellers = [new Traveller(), new Traveller(), new Traveller()] as const;
  for (const [at_, who] of ['mira', 'mira', 'ada'].entries()) await travellers[at_]?.logIn(at.url, who);
  const { secret, name } = await tokenFor(at, 'moderator', { person: 'mira@example.com' });
  const { cookie } = await logIn(at, secret);
  const listed = async () =>
    (await at.get<{ items: OpenSession[] }>('/api/v1/sessions')).body.items.map(
      ({ person, role, by, ...session }) => `${person} ${role} ${by === 'token' ? session.name : by}`,
    );
  const adas = 'ada@example.com admin provider';
  const miras = 'mira@example.com moderator';
  expect(await listed()).toEqual([adas, `${miras} ${name}`, `${miras} provider`, `${miras} provider`]);
  const { status, body } = await at.post<{ ended: number }>('/api/v1/session/end', { person: 'mira@example.com' });
  expect([status, body.ended]).toEqual([200, 3]);
  expect(await listed()).toEqual([adas]);
  for (const over of [sessionIn(travellers[0]), sessionIn(travellers[1]), cookie]) expect(await whoIs(over)).toBe(401);
  expect(await whoIs(sessionIn(travellers[2]))).toMatchObject({ principal: { person: 'ada@example.com' } });
  expect(await newestAudit()).toMatchObject({
    action: 'session.end',
    actor: 'admin',
    details: { person: 'mira@example.com' },
  });
});

test.each([
  'https://elsewhere.example/x',
  '//elsewhere.example/x',
  '/\\elsewhere.example',
  'javascript:alert(1)',
  `/${'x'.repeat(3_000)}`,
  '',
])('nobody is sent on to %j', async (to) => {
  expect((await new Traveller().logIn(at.url, 'mira', to)).location).toBe(`${at.url}/`);
});

test('behind a proxy with TLS the cookies are secure', async () => {
  const { response } = await new Traveller().step(begin(), { headers: { 'x-forwarded-proto': 'https' } });
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-chat_recall_log_in=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/u),
  ]);
});

test('pages are told of the provider', async () => {
  const { body } = await at.ask('GET', '/api/v1/session/ways', { bare: true });
  expect(body).toEqual({ provider: { name: new URL(provider.issuer).host, path: '/log-in/oidc' } });
});

/** A second console on the same database. */
async function beside(environment: Record<string, string>): Promise<{ url: string; log: string[]; stop(): unknown }> {
  const log: string[] = [];
  const { config } = readConsoleConfig({
    DATABASE_URL: at.databaseUrl,
    TENCENT_SDK_APP_ID: '1400000000',
    CONSOLE_ADMIN_TOKEN: token,
    ...provider.environment,
    CONSOLE_PORT: '0',
    ...environment,
  });
  const running = await startConsole(config, createLog('console', 'info', { write: (line) => void log.push(line) }));
  return { url: running.url, log, stop: () => running.stop() };
}

test('with other settings of the provider its sessions are over, and without a provider, too', async () => {
  const traveller = new Traveller();
  await traveller.logIn(at.url, 'ada');
  const headers = { cookie: sessionIn(traveller) };
  for (const [environment, status] of [
    [{}, 200],
    [{ OIDC_ROLES: 'recall-admins=viewer' }, 401],
    [{ OIDC_ISSUER: '' }, 401],
  ] as const) {
    const other = await beside(environment);
    expect((await fetch(`${other.url}/api/v1/session`, { headers })).status).toBe(status);
    await other.stop();
  }
});

test('a provider that is away, or says that it is another issuer, is told in the log; the console serves on', async () => {
  const impostor = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ issuer: 'https://elsewhere.example', authorization_endpoint: 'https://elsewhere.example/a' }),
    );
  }).listen(0, '127.0.0.1');
  await once(impostor, 'listening');
  const address = `http://127.0.0.1:${(impostor.address() as AddressInfo).port}`;
  const other = await beside({ OIDC_ISSUER: address });
  const tried = async (): Promise<unknown> => (await new Traveller().step(`${other.url}/log-in/oidc`)).location;
  expect(await tried()).toBe(`${other.url}/?logIn=provider`);
  expect(other.log.join('\n')).toContain('the provider of identities does not answer, or not as the issuer');
  impostor.closeAllConnections();
  impostor.close();
  await once(impostor, 'close');
  expect(await tried()).toBe(`${other.url}/?logIn=provider`);
  expect((await fetch(`${other.url}/readyz`)).status).toBe(200);
  await other.stop();
});

test('settings that lack something are refused by name', () => {
  const read = (environment: Record<string, string>) => () =>
    readConsoleConfig({
      DATABASE_URL: 'postgres://h/d',
      TENCENT_SDK_APP_ID: '1',
      CONSOLE_ADMIN_TOKEN: token,
      ...environment,
    });
  const problems = (environment: Record<string, string>): unknown => {
    try {
      return read(environment)();
    } catch (error) {
      return (error as { problems?: unknown }).problems;
    }
  };
  expect(problems({ OIDC_ISSUER: 'https://id.example' })).toEqual([
    'OIDC_CLIENT_ID: must be set with OIDC_ISSUER',
    'OIDC_ROLES: must be set with OIDC_ISSUER',
    'CONSOLE_URL: must be set with OIDC_ISSUER',
  ]);
  expect(problems({ OIDC_ISSUER: 'http://id.example', OIDC_ROLES: 'a=boss', OIDC_SCOPE: 'email' })).toEqual([
    'OIDC_ISSUER: expected a URL that begins with https://',
    'OIDC_SCOPE: expected scopes, openid among them',
    'OIDC_ROLES: expected VALUE=ROLE, separated by commas, with roles viewer, moderator, approver, admin',
  ]);
});
