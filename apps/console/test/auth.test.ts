import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { routes } from '../src/api/routes.ts';
import { authenticate } from '../src/auth/authenticate.ts';
import { isSameOrigin } from '../src/auth/same-origin.ts';
import { isSameSecret } from '../src/auth/same-secret.ts';
import { startAtWork, token, type AtWork, type Refused } from './console-at-work.ts';
import { logIn, tokenFor, tryLogIn } from './signed-in.ts';

let at: AtWork;
let clock = Date.now();
beforeAll(async () => {
  at = await startAtWork({}, { now: () => clock });
});
afterAll(() => at.stop());
beforeEach(() => {
  // Refusals of the test before are forgotten.
  clock += 61_000;
});

const basic = (password: string, user = 'anybody'): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const examplePath = (path: string): string => path.replace('{id}', '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f');

describe('without a token', () => {
  test.each(
    routes.filter(({ role }) => role !== 'public').map(({ method, path }) => [method.toUpperCase(), path] as const),
  )('%s %s is refused', async (method, path) => {
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${token}x`,
      `Bearer ${token.slice(1)}`,
      basic(token),
      token,
      `Digest ${token}`,
    ]) {
      const { status, headers, body } = await at.ask<Refused>(method, examplePath(path), {
        headers: { authorization },
      });
      expect({ authorization, status, code: body.code }).toEqual({
        authorization,
        status: 401,
        code: 'unauthenticated',
      });
      expect(headers.get('www-authenticate')).toBe('Bearer realm="chat-recall"');
    }
  });

  test.each([
    '/api',
    '/api/',
    '/api/v1/nothing',
    '/api/v1/recalls/',
    '/api/v1/recalls/%E0',
    '/queues',
    '/queues/',
    '/queues/api/queues',
    '/queues/static/css/x.css',
  ])('%s tells nothing', async (path) => {
    const response = await fetch(at.url + path);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
  });

  test.each(['/API/v1/recalls', '/Queues', '//api/v1/recalls', '/api%2Fv1/recalls', '/x/../queues%2f'])(
    '%s is no way around',
    async (path) => {
      expect([401, 404]).toContain((await fetch(at.url + path)).status);
    },
  );

  test.each(routes.filter(({ role, method }) => role === 'public' && method === 'get').map(({ path }) => path))(
    '%s is open',
    async (path) => {
      expect((await at.ask('GET', path, { headers: { authorization: '' } })).status).toBe(200);
    },
  );

  test('only what lies outside of /api is open, and the log-in', () => {
    const open = routes.filter(({ role, path }) => role === 'public' && path.startsWith('/api/'));
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'post /api/v1/session',
      'get /api/v1/session/ways',
    ]);
    expect(routes.filter(({ role, path }) => role !== 'public' && !path.startsWith('/api/'))).toEqual([]);
  });
});

describe('with the token', () => {
  test.each(['Bearer', 'bearer', 'BEARER '])('%s', async (scheme) => {
    expect((await at.get('/api/v1/recalls', { authorization: `${scheme} ${token}` })).status).toBe(200);
  });

  test('an unknown path is not found, a wrong method is told what there is', async () => {
    expect((await at.get<Refused>('/api/v1/nothing')).body).toMatchObject({ status: 404, code: 'not_found' });
    const { status, headers, body } = await at.ask<Refused>('DELETE', '/api/v1/recalls');
    expect([status, body.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', 'POST, GET, HEAD']);
    expect((await at.ask('PUT', '/api/v1/recalls/x/pause')).headers.get('allow')).toBe('POST');
    expect((await at.ask('OPTIONS', '/api/v1/messages')).status).toBe(405);
  });

  test('HEAD is GET without a body', async () => {
    const { status, headers, body } = await at.ask('HEAD', '/api/v1/recalls');
    expect([status, body]).toEqual([200, '']);
    expect(Number(headers.get('content-length'))).toBeGreaterThan(0);
  });
});

describe('refused tokens', () => {
  const ask = (headers: Readonly<Record<string, string>>, path = '/api/v1/session') =>
    at.ask<Refused>('GET', path, { bare: true, headers });
  const wrong = (address: string, n = 0) =>
    ask({ authorization: `Bearer crt_${String(n).padStart(43, 'A')}`, 'x-forwarded-for': address });

  test('ten a minute from one address; a good one from there is let in all the same', async () => {
    const { bearer } = await tokenFor(at, 'viewer');
    const from = { 'x-forwarded-for': '203.0.113.1' };
    for (let n = 0; n < 10; n += 1) {
      expect([n, (await wrong('203.0.113.1', n)).body.code]).toEqual([n, 'unauthenticated']);
      clock += 1_000;
    }
    const { status, headers, body } = await wrong('203.0.113.1');
    expect([status, headers.get('retry-after'), body.code]).toEqual([429, '50', 'too_many_attempts']);
    for (const good of [bearer, { authorization: `Bearer ${token}` }]) {
      expect((await ask({ ...good, ...from })).status).toBe(200);
    }
    expect((await wrong('203.0.113.2')).status).toBe(401);
    expect((await ask(from)).status).toBe(401);
    // Neither keeps people from logging in, nor the other way round.
    expect((await tryLogIn(at, token, from)).status).toBe(200);
    clock += 50_000;
    expect((await wrong('203.0.113.1')).status).toBe(401);
  });

  test('many at once do not pass together; those of the queue UI count, too', async () => {
    const api = await Promise.all(Array.from({ length: 15 }, (_, n) => wrong('203.0.113.3', n)));
    expect(api.filter(({ status }) => status === 401)).toHaveLength(10);
    const authorization = 'Bearer wrong';
    const response = await fetch(`${at.url}/queues`, { headers: { authorization, 'x-forwarded-for': '203.0.113.3' } });
    expect(response.status).toBe(429);
  });
});

describe('the queue UI in a browser', () => {
  const board = (
    method: string,
    headers: Record<string, string>,
    path = '/api/queues/recall-jobs/pause',
  ): Promise<Response> => fetch(`${at.url}/queues${path}`, { method, headers });

  test('opens with the session; no password is asked for', async () => {
    const { looking } = await logIn(at, token);
    expect((await board('GET', looking, '')).status).toBe(200);
    const refused = await board('GET', { authorization: basic(token) }, '');
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="chat-recall"']);
  });

  test('a person who opens it without a session is sent to where one logs in; a program is told', async () => {
    const open = async (headers: Record<string, string>): Promise<[number, string | null]> => {
      const { status, headers: answered } = await fetch(`${at.url}/queues`, { headers, redirect: 'manual' });
      return [status, answered.get('location')];
    };
    expect(await open({ accept: 'text/html,*/*;q=0.8' })).toEqual([303, '/']);
    expect(await open({ accept: 'text/html', 'sec-fetch-dest': 'iframe' })).toEqual([401, null]);
    expect(await open({ accept: 'application/json' })).toEqual([401, null]);
    const { bearer } = await tokenFor(at, 'viewer');
    expect(await open({ ...bearer, accept: 'text/html' })).toEqual([403, null]);
  });

  test('other sites cannot use what the browser sends by itself', async () => {
    const { looking } = await logIn(at, token);
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const response = await board('PUT', { ...looking, ...headers });
      expect({ headers, status: response.status }).toEqual({ headers, status: 403 });
      expect(await response.json()).toMatchObject({ code: 'csrf' });
    }
    expect((await board('PUT', { ...looking, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await board('PUT', { ...looking, origin: at.url })).status).toBe(200);
    // A bearer token is not sent by itself.
    const bearer = { authorization: `Bearer ${token}`, origin: 'https://evil.example' };
    expect((await board('PUT', bearer)).status).toBe(200);
  });

  test('moderators look, admins act', async () => {
    for (const [role, look, act] of [
      ['viewer', 403, 403],
      ['approver', 403, 403],
      ['moderator', 200, 403],
      ['admin', 200, 200],
    ] as const) {
      const { bearer } = await tokenFor(at, role);
      expect([role, (await board('GET', bearer, '/api/queues')).status]).toEqual([role, look]);
      expect([role, (await board('PUT', bearer, '/api/queues/recall-jobs/resume')).status]).toEqual([role, act]);
      expect([role, (await board('DELETE', bearer, '/')).status]).toEqual([role, act === 200 ? 404 : 403]);
    }
  });
});

test('the origin is judged by its host alone', () => {
  expect(isSameOrigin({ host: 'console.example', origin: 'https://console.example' })).toBe(true);
  expect(isSameOrigin({ host: 'Console.Example:8081', origin: 'http://console.example:8081' })).toBe(true);
  expect(isSameOrigin({ host: 'console.example', origin: 'https://console.example.evil' })).toBe(false);
  expect(isSameOrigin({ host: 'console.example', origin: 'not a URL' })).toBe(false);
  expect(isSameOrigin({ origin: 'https://console.example' })).toBe(false);
});

test('a token counts before a cookie, also a wrong one', async () => {
  const holder = { tokenId: null, name: 'me', person: 'me', role: 'admin', maxMessages: null } as const;
  const session = { hash: Buffer.from(''), csrfToken: 'x', holder };
  const identities = {
    byToken: async (given: string) => (given === 'secret' ? holder : null),
    bySession: async (given: string) => (given === 'cookie' ? session : null),
  };
  const ask = (authorization?: string, cookie?: string) =>
    authenticate({ authorization, cookie }, identities, 'person');
  const own = 'a=b; chat_recall_session=cookie; c';
  expect(await ask()).toEqual({ kind: 'missing' });
  expect(await ask(undefined, 'a=b; xchat_recall_session=cookie')).toEqual({ kind: 'missing' });
  expect(await ask('bEARER  secret ', own)).toEqual({ kind: 'known', holder, session: null });
  expect(await ask('Bearer wrong', own)).toEqual({ kind: 'refused', of: 'token' });
  expect(await ask('Basic OnNlY3JldA==', own)).toEqual({ kind: 'refused', of: 'token' });
  expect(await ask(undefined, own)).toEqual({ kind: 'known', holder, session });
  expect(await ask(undefined, 'chat_recall_session=cookies')).toEqual({ kind: 'refused', of: 'session' });
});

test('every answer is guarded, and the token is in no log line', async () => {
  for (const path of ['/', '/healthz', '/api/v1/recalls', '/nothing', '/queues']) {
    const { headers } = await fetch(at.url + path, { headers: { authorization: `Bearer ${token}` } });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/u);
  }
  expect(at.log.join('')).not.toContain(token);
});

test('browsers are told what an answer may do, over https also to come by nothing else', async () => {
  for (const path of ['/', '/healthz', '/api/v1/recalls', '/api/v1/session', '/nothing', '/queues']) {
    const { headers } = await fetch(at.url + path, { headers: { accept: 'text/html' }, redirect: 'manual' });
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"])
      expect([path, policy]).toEqual([path, expect.stringContaining(part)]);
    expect(policy).not.toMatch(/unsafe-(?:inline|eval)|\*|https?:/u);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('strict-transport-security')).toBeNull();
    const over = await fetch(at.url + path, { headers: { 'x-forwarded-proto': 'https' } });
    expect(over.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains');
  }
});

test('other methods than those of the table do nothing, TRACE among them', async () => {
  const { hostname, port } = new URL(at.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.end(`TRACE /healthz HTTP/1.1\r\nHost: ${hostname}\r\nX-Secret: mirror\r\nConnection: close\r\n\r\n`),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('end', () => resolve(text)).once('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 405 /u);
  expect(answer).not.toContain('mirror');
});

test('secrets are compared in constant time, of whatever lengths', () => {
  expect(isSameSecret('a-secret', 'a-secret')).toBe(true);
  for (const other of ['', 'a', 'a-secreT', 'a-secret ', 'a-secret-and-more']) {
    expect(isSameSecret(other, 'a-secret')).toBe(false);
    expect(isSameSecret('a-secret', other)).toBe(false);
  }
  // And nowhere by an operator, which ends at the first letter that differs.
  const src = fileURLToPath(new URL('../src/', import.meta.url));
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    const compared =
      /\b(?:token|adminToken|csrfToken|secret|hash)\b\s*[!=]==(?!\s*(?:null|undefined|''))|[!=]==\s*(?:\w+\.)*(?:adminToken|csrfToken|secret|hash)\b/u;
    const lines = readFileSync(`${src}${file}`, 'utf8')
      .split('\n')
      .filter((line) => compared.test(line));
    expect([file, lines]).toEqual([file, []]);
  }
});
