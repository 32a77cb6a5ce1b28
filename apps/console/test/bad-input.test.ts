import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startAtWork, type Answer, type AtWork, type Refused } from './console-at-work.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(async () => {
  // Whatever was sent: nothing of it was stored, nothing was our fault, and the log holds none of it.
  expect((await at.pool.query('select 1 from recalls')).rowCount).toBe(0);
  expect(at.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  expect(at.log.join('')).not.toMatch(/half-a-secret/u);
  await at.stop();
});

const good = { selector: { senders: ['spammer'] }, reason: 'spam' };
const create = (body: unknown, headers = {}): Promise<Answer<Refused>> => at.post('/api/v1/recalls', body, headers);
const paths = ({ body }: Answer<Refused>): string[] => body.errors.map(({ path }) => path).sort();
const seqs = (n: number): number[] => Array.from({ length: n }, (_, k) => k + 1);
const named = (...msgSeqs: unknown[]): object => ({ messages: [{ groupId: 'g', msgSeqs }] });

describe('a recall request', () => {
  test.each<[string, object, string[]]>([
    ['nothing selected', {}, ['selector']],
    ['only empty lists', { senders: [], keywords: [], groupIds: ['g'] }, ['selector']],
    ['groups alone', { groupIds: ['g'], topicIds: ['t'], excludeSenders: ['a'], limit: 5 }, ['selector']],
    ['half a window', { sentFrom: '2026-11-21T00:00:00Z' }, ['selector']],
    ['an inverted window', { sentFrom: '2026-11-22T00:00:00Z', sentTo: '2026-11-21T00:00:00Z' }, ['selector.sentTo']],
    ['an empty window', { sentFrom: '2026-11-21T00:00:00Z', sentTo: '2026-11-21T01:00:00+01:00' }, ['selector.sentTo']],
    [
      'times that are none',
      { sentFrom: 'yesterday', sentTo: '2026-02-30T00:00:00Z' },
      ['selector.sentFrom', 'selector.sentTo'],
    ],
    ['a time without offset', { senders: ['a'], sentFrom: '2026-11-21T00:00:00' }, ['selector.sentFrom']],
    ['no item in an explicit list', { messages: [] }, ['selector', 'selector.messages']],
    ['no sequence', named(), ['selector.messages[0].msgSeqs']],
    ['10,001 sequences', named(...seqs(10_001)), ['selector.messages[0].msgSeqs']],
    [
      '10,001 sequences in two items',
      {
        messages: [
          { groupId: 'a', msgSeqs: seqs(10_000) },
          { groupId: 'b', msgSeqs: [1] },
        ],
      },
      ['selector.messages'],
    ],
    [
      'negative, zero, fractional, huge, text',
      named(-1, 0, 1.5, 2 ** 53, '7', null),
      [0, 1, 2, 3, 4, 5].map((k) => `selector.messages[0].msgSeqs[${k}]`),
    ],
    ['an item without group', { messages: [{ msgSeqs: [1] }] }, ['selector.messages[0].groupId']],
    [
      'empty, blank and invisible keywords',
      { keywords: ['', ' ', '\u200b\u2060', '\u3000', 'fine'] },
      [0, 1, 2, 3].map((k) => `selector.keywords[${k}]`),
    ],
    ['an empty sender', { senders: ['a', ''] }, ['selector.senders[1]']],
    [
      'long texts',
      { senders: ['a'.repeat(257)], keywords: ['k'.repeat(501)] },
      ['selector.keywords[0]', 'selector.senders[0]'],
    ],
    [
      'U+0000 and half characters',
      { senders: ['a\0'], keywords: ['\ud800x'], groupIds: ['\udc00'] },
      ['selector.groupIds[0]', 'selector.keywords[0]', 'selector.senders[0]'],
    ],
    ['unknown fields', { senders: ['a'], sender: 'a', from: 1 }, ['selector.from', 'selector.sender']],
    [
      'an unknown field deep inside',
      { messages: [{ groupId: 'g', msgSeqs: [1], seqs: [1] }] },
      ['selector.messages[0].seqs'],
    ],
    [
      'wrong types',
      { senders: 'a', limit: '5', messages: {} },
      ['selector.limit', 'selector.messages', 'selector.senders'],
    ],
    ['limits', { senders: ['a'], limit: 0 }, ['selector.limit']],
    ['another app', { senders: ['a'], sdkAppId: 7 }, ['selector.sdkAppId']],
    [
      'an unknown field beside an inverted window',
      { x: 1, sentFrom: '2026-11-22T00:00:00Z', sentTo: '2026-11-21T00:00:00Z' },
      ['selector.sentTo', 'selector.x'],
    ],
  ])('%s is refused in a selector', async (_what, selector, expected) => {
    const answer = await create({ ...good, selector });
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request']);
    expect(paths(answer)).toEqual(expected);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['reason', 'selector']],
    ['no reason', { selector: good.selector }, ['reason']],
    ['a blank reason', { ...good, reason: ' \t' }, ['reason']],
    ['a long reason', { ...good, reason: 'r'.repeat(501) }, ['reason']],
    ['a reason that is no text', { ...good, reason: 5 }, ['reason']],
    ['words that are not known', { ...good, mode: 'now', priority: 1 }, ['mode', 'priority']],
    ['unknown fields', { ...good, requestedBy: 'me', idempotencyKey: 'k' }, ['idempotencyKey', 'requestedBy']],
    ['no selector', { ...good, selector: null }, ['selector']],
    ['a list', [good], ['']],
    ['null', 'null', ['']],
    ['a number', '5', ['']],
    ['a text', '"half-a-secret"', ['']],
    [
      'the names of JavaScript',
      '{"selector":{"senders":["a"],"__proto__":{"x":1}},"reason":"r","__proto__":1,"constructor":{"prototype":1}}',
      ['__proto__', 'constructor', 'selector.__proto__'],
    ],
    [
      'numbers beyond all bounds',
      '{"selector":{"messages":[{"groupId":"g","msgSeqs":[1e400,-1e400,1e21]}],"limit":1e308},"reason":"r"}',
      [
        'selector.limit',
        'selector.messages[0].msgSeqs[0]',
        'selector.messages[0].msgSeqs[1]',
        'selector.messages[0].msgSeqs[2]',
      ],
    ],
    [
      'a deep one',
      `{"selector":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)},"reason":"r"}`,
      ['selector', 'selector.a'],
    ],
  ])('%s is refused as a recall request', async (_what, body, expected) => {
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request']);
    expect(paths(answer)).toEqual(expected);
  });

  test('all faults are told at once', async () => {
    const answer = await create(
      {
        selector: {
          senders: [''],
          keywords: [' '],
          sentFrom: 'x',
          messages: [{ groupId: '', msgSeqs: [0.5] }],
          surplus: 1,
        },
        mode: 'x',
        more: 1,
      },
      { 'idempotency-key': 'k'.repeat(256) },
    );
    expect(paths(answer)).toEqual([
      'Idempotency-Key',
      'mode',
      'more',
      'reason',
      'selector.keywords[0]',
      'selector.messages[0].groupId',
      'selector.messages[0].msgSeqs[0]',
      'selector.senders[0]',
      'selector.sentFrom',
      'selector.surplus',
    ]);
    expect(answer.body.detail).toBe('10 faults');
  });

  test('a single fault is told in words', async () => {
    expect((await create({ selector: { senders: ['a'] } })).body).toMatchObject({
      type: 'urn:chat-recall:problem:invalid_request',
      status: 422,
      detail: 'reason is required',
      errors: [{ path: 'reason', message: 'is required' }],
    });
    expect((await create({ ...good, mode: 'x' })).body.detail).toBe('mode expected one of "plan"|"execute"');
  });

  test('a million faults make a small answer', async () => {
    const answer = await create({ ...good, selector: { messages: Array.from({ length: 150_000 }, () => ({})) } });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.length).toBeLessThanOrEqual(1_000);
    const wide = await create({ ...good, ['x'.repeat(1_000_000)]: 1 });
    expect(wide.body.errors[0]?.path.length).toBeLessThan(300);
  });

  test.each([
    ['no JSON', '{"selector":', 400, 'malformed_body'],
    ['two values', '{}{}', 400, 'malformed_body'],
    ['only blanks', '  ', 400, 'malformed_body'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400, 'malformed_body'],
    ['more than 2 MB', `{"reason":"${'x'.repeat(2 * 1024 * 1024)}"}`, 413, 'too_large'],
  ])('a body that is %s', async (_what, body, status, code) => {
    const answer = await create(body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.errors).toEqual([]);
  });

  test('no body, another media type, a false encoding', async () => {
    expect((await at.post<Refused>('/api/v1/recalls')).body).toMatchObject({ status: 400, code: 'malformed_body' });
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'multipart/form-data',
    ]) {
      expect((await create(good, { 'content-type': type })).body).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      });
    }
    expect((await create(good, { 'content-encoding': 'gzip' })).body).toMatchObject({
      status: 400,
      code: 'malformed_body',
    });
    expect((await create(good, { 'content-encoding': 'rot13' })).body).toMatchObject({ status: 415 });
    expect((await create(good, { 'content-type': 'application/json; charset=koi8-r' })).body).toMatchObject({
      status: 415,
    });
  });

  test.each(['', 'k'.repeat(256), 'caf\u00e9', 'tab\there'])('the idempotency key %j', async (key) => {
    const answer = await create(good, { 'idempotency-key': key });
    expect([answer.status, ...paths(answer)]).toEqual([422, 'Idempotency-Key']);
  });
});

describe('a query', () => {
  test.each([
    ['/api/v1/recalls?limit=0', ['limit']],
    ['/api/v1/recalls?limit=1001', ['limit']],
    ['/api/v1/recalls?limit=1.5', ['limit']],
    ['/api/v1/recalls?limit=', ['limit']],
    ['/api/v1/recalls?limit=ten', ['limit']],
    ['/api/v1/recalls?limit=0x10', ['limit']],
    ['/api/v1/recalls?limit=99999999999999999999999', ['limit']],
    [`/api/v1/recalls?limit=${'9'.repeat(400)}`, ['limit']],
    ['/api/v1/recalls?limit=5&limit=6', ['limit']],
    ['/api/v1/recalls?state=runing', ['state']],
    ['/api/v1/recalls?state=running,gone&state=paused', ['state[1]']],
    ['/api/v1/recalls?requestedBy=', ['requestedBy']],
    ['/api/v1/recalls?requestedBy=%00', ['requestedBy']],
    ['/api/v1/recalls?createdFrom=2026-11-22T00:00:00Z&createdTo=2026-11-21T00:00:00Z', ['createdTo']],
    ['/api/v1/recalls?createdFrom=2026-11-22T00:00:00Z&createdTo=2026-11-22T08:00:00%2B08:00', ['createdTo']],
    ['/api/v1/audit?recallId=x', ['recallId']],
    ['/api/v1/recalls?cursor=nonsense', ['cursor']],
    ['/api/v1/recalls?cursor=e30', ['cursor']],
    [`/api/v1/recalls?cursor=${Buffer.from('{"id":"\u0000"}').toString('base64url')}`, ['cursor']],
    [`/api/v1/recalls?cursor=${'A'.repeat(1_001)}`, ['cursor']],
    ['/api/v1/recalls?status=running&page=2', ['page', 'status']],
    ['/api/v1/recalls?__proto__=1&constructor=2&toString', ['__proto__', 'constructor', 'toString']],
    ['/api/v1/recalls?state[]=running', ['state[]']],
    ['/api/v1/recalls?%E0=1&x=%E0%A4', ['%E0=1', 'x']],
    ['/api/v1/messages?sender=', ['sender']],
    ['/api/v1/messages?sender=a&sender=', ['sender[1]']],
    ['/api/v1/messages?sender=%ED%A0%80', ['sender']],
    ['/api/v1/messages?sender=a%00b', ['sender']],
    ['/api/v1/messages?keyword=%20', ['keyword']],
    ['/api/v1/messages?keyword=%E2%80%8B', ['keyword']],
    ['/api/v1/messages?sentFrom=2026', ['sentFrom']],
    ['/api/v1/messages?sentFrom=2026-11-22T00:00:00Z&sentTo=2026-11-21T00:00:00Z', ['sentTo']],
    ['/api/v1/messages?senders=a&text=b', ['senders', 'text']],
    [
      `/api/v1/messages?cursor=${Buffer.from('{"msgTime":"2026-11-21T00:00:00Z","conversationId":1e30,"msgSeq":1}').toString('base64url')}`,
      ['cursor'],
    ],
    [`/api/v1/messages?cursor=${Buffer.from('['.repeat(400)).toString('base64url')}`, ['cursor']],
    ['/api/v1/openapi.json?x=1', ['x']],
    ['/healthz?x=1', ['x']],
  ])('%s names what is wrong in it', async (path, expected) => {
    const answer = await at.get<Refused>(path);
    expect([answer.status, answer.body.code]).toEqual([422, 'invalid_request']);
    expect(paths(answer)).toEqual(expected);
  });
});

describe('a path', () => {
  const id = '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f';
  test.each([
    'x',
    '%00',
    '%27',
    '1%20or%201=1',
    '__proto__',
    id.slice(1),
    id,
    id.toUpperCase(),
    `${id}%2Foutcomes`,
    '%E0%A4',
  ])('/api/v1/recalls/%s names nothing', async (name) => {
    for (const path of [`/api/v1/recalls/${name}`, `/api/v1/recalls/${name}/outcomes`]) {
      expect((await at.get<Refused>(path)).body).toMatchObject({ status: 404, code: 'not_found' });
    }
    expect((await at.post<Refused>(`/api/v1/recalls/${name}/pause`)).body).toMatchObject({ status: 404 });
  });

  test.each(['%00', 'a%00b', '%ED%A0%80', 'x'.repeat(257)])('/api/v1/senders/%s names nobody', async (name) => {
    expect((await at.get<Refused>(`/api/v1/senders/${name}`)).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  test('a method that HTTP does not know, headers beyond all measure', async () => {
    const huge = await fetch(`${at.url}/healthz`, { headers: { 'x-huge': 'h'.repeat(20_000) } });
    expect([huge.status, huge.headers.get('content-type')]).toEqual([431, 'application/problem+json; charset=utf-8']);
    expect(await huge.json()).toMatchObject({ status: 431, code: 'headers_too_large', errors: [] });
    expect((await at.ask('PROPFIND', '/api/v1/recalls')).status).toBe(405);
  });
});

describe('Accept', () => {
  test.each([
    'application/json',
    '*/*',
    'application/*',
    'text/html, */*;q=0.1',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    '',
  ])('%j is served', async (accept) => {
    expect((await at.get('/api/v1/recalls', { accept })).status).toBe(200);
  });

  test.each(['text/html', 'application/xml', 'text/csv', 'application/json;q=0', 'nonsense', '*/*;q=0'])(
    '%j is not',
    async (accept) => {
      expect((await at.get<Refused>('/api/v1/recalls', { accept })).body).toMatchObject({
        status: 406,
        code: 'not_acceptable',
      });
    },
  );
});
