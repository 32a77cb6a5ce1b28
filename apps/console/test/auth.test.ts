import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { routes } from '../src/api/routes.ts';
import { anonymous } from '../src/auth/roles.ts';
import { authenticate } from '../src/auth/authenticate.ts';
import { isSameOrigin } from '../src/auth/same-origin.ts';
import { startAtWork, token, type AtWork, type Refused } from './console-at-work.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());

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

  test.each(routes.filter(({ role }) => role === 'public').map(({ path }) => path))('%s is open', async (path) => {
    expect((await at.ask('GET', path, { headers: { authorization: '' } })).status).toBe(200);
  });

  test('only what lies outside of /api is open', () => {
    expect(routes.filter(({ role, path }) => (role === 'public') === path.startsWith('/api/'))).toEqual([]);
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

describe('the queue UI in a browser', () => {
  const put = (headers: Record<string, string>): Promise<Response> =>
    fetch(`${at.url}/queues/api/queues/recall-jobs/pause`, {
      method: 'PUT',
      headers: { authorization: basic(token), ...headers },
    });

  test('asks for a password, and the token is it', async () => {
    const { headers } = await fetch(`${at.url}/queues`);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer .*, Basic realm=/u);
    expect((await fetch(`${at.url}/queues`, { headers: { authorization: basic(token) } })).status).toBe(200);
    expect((await fetch(`${at.url}/queues`, { headers: { authorization: basic(token, '') } })).status).toBe(200);
    expect((await fetch(`${at.url}/queues`, { headers: { authorization: basic('wrong') } })).status).toBe(401);
    expect((await fetch(`${at.url}/queues`, { headers: { authorization: 'Basic !!!' } })).status).toBe(401);
  });

  test('other sites cannot use what the browser sends by itself', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      const response = await put(headers);
      expect({ headers, status: response.status }).toEqual({ headers, status: 403 });
      expect(await response.json()).toMatchObject({ code: 'forbidden' });
    }
    expect((await put({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await put({ origin: at.url })).status).toBe(200);
    expect((await put({})).status).toBe(200);
    // A bearer token is not sent by itself.
    expect((await put({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).status).toBe(200);
  });
});

test('the origin is judged by its host alone', () => {
  expect(isSameOrigin({ host: 'console.example', origin: 'https://console.example' })).toBe(true);
  expect(isSameOrigin({ host: 'Console.Example:8081', origin: 'http://console.example:8081' })).toBe(true);
  expect(isSameOrigin({ host: 'console.example', origin: 'https://console.example.evil' })).toBe(false);
  expect(isSameOrigin({ host: 'console.example', origin: 'not a URL' })).toBe(false);
  expect(isSameOrigin({ origin: 'https://console.example' })).toBe(false);
});

test('the scheme decides what is a token', async () => {
  const verify = async (given: string) => (given === 'secret' ? ({ ...anonymous, name: 'me', role: 'admin' } as const) : null);
  expect(await authenticate('Basic OnNlY3JldA==', ['basic'], verify)).toMatchObject({ kind: 'known', scheme: 'basic' });
  expect(await authenticate('Basic c2VjcmV0', ['basic'], verify)).toEqual({ kind: 'refused' });
  expect(await authenticate('Bearer secret', ['basic'], verify)).toEqual({ kind: 'refused' });
  expect(await authenticate(undefined, ['basic'], verify)).toEqual({ kind: 'missing' });
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
