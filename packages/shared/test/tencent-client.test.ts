import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { inflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import { createTencentClient, createUserSigs, groupMsgRecall, type TencentClient } from '@chat-recall/shared/tencent';

const sdkAppId = 1_400_000_000;
const secretKey = 'the-secret-key';

let server: Server;
let client: TencentClient;
let handle: (request: IncomingMessage, response: ServerResponse, body: string) => void;
let urls: URL[];
let slots: number;

const gate = async (): Promise<void> => {
  slots++;
};
function answer(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
const ok = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 };

beforeEach(async () => {
  urls = [];
  slots = 0;
  server = createServer((request, response) => {
    urls.push(new URL(request.url ?? '', 'http://stand.in'));
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => handle(request, response, body));
  });
  await listen(server, '127.0.0.1', 0);
  client = createTencentClient({
    apiUrl: `${urlOf(server, '127.0.0.1')}/base/`,
    sdkAppId,
    secretKey,
    identifier: 'administrator',
    timeoutMs: 400,
  });
});
afterEach(async () => {
  server.closeAllConnections();
  await client.close();
  server.close();
});

const call = { groupId: '@TGS#A', topicId: '', msgSeqs: [1, 2] };

test('the request is as documented: path, parameters, body; a topic and a reason only when there are', async () => {
  const bodies: unknown[] = [];
  handle = (_request, response, body) => {
    bodies.push(JSON.parse(body));
    answer(response, { ...ok, RecallRetList: [] });
  };
  await groupMsgRecall(client, call, gate);
  await groupMsgRecall(client, { ...call, topicId: 'T', reason: 'spam' }, gate);
  expect(urls[0]?.pathname).toBe('/base/v4/group_open_http_svc/group_msg_recall');
  expect(Object.fromEntries(urls[0]?.searchParams ?? [])).toMatchObject({
    sdkappid: String(sdkAppId),
    identifier: 'administrator',
    contenttype: 'json',
    random: expect.stringMatching(/^\d+$/u),
    usersig: expect.stringMatching(/^[\w*-]+$/u),
  });
  expect(bodies).toEqual([
    { GroupId: '@TGS#A', MsgSeqList: [{ MsgSeq: 1 }, { MsgSeq: 2 }] },
    { GroupId: '@TGS#A', MsgSeqList: [{ MsgSeq: 1 }, { MsgSeq: 2 }], TopicId: 'T', Reason: 'spam' },
  ]);
  expect(slots).toBe(2);
});

test('codes by sequence; surplus and malformed items are left out', async () => {
  handle = (_request, response) =>
    answer(response, {
      ...ok,
      RecallRetList: [
        { MsgSeq: 2, RetCode: 10030 },
        { MsgSeq: 99, RetCode: 0 },
        { MsgSeq: '1', RetCode: 0 },
        { MsgSeq: 1, RetCode: 'x' },
      ],
    });
  const result = await groupMsgRecall(client, call, gate);
  expect(result).toMatchObject({ kind: 'answered', errorCode: 0 });
  expect(result.kind === 'answered' && [...result.body]).toEqual([[2, 10030]]);
});

describe('a refused signature', () => {
  test.each([60004, 60005, 70001, 70003, 70005, 20002])('%d is renewed once, with a slot of its own', async (code) => {
    handle = (_request, response) =>
      answer(
        response,
        urls.length === 1 ? { ...ok, ActionStatus: 'FAIL', ErrorCode: code } : { ...ok, RecallRetList: [] },
      );
    expect(await groupMsgRecall(client, call, gate)).toMatchObject({ kind: 'answered', errorCode: 0 });
    expect(urls).toHaveLength(2);
    expect(slots).toBe(2);
  });
  test('twice is told', async () => {
    handle = (_request, response) => answer(response, { ...ok, ActionStatus: 'FAIL', ErrorCode: 70001 });
    expect(await groupMsgRecall(client, call, gate)).toMatchObject({ kind: 'answered', errorCode: 70001 });
    expect(urls).toHaveLength(2);
  });
});

describe('what is lost and what was never sent', () => {
  test('no answer in time, a reset, no JSON, another shape, HTTP 5xx: lost', async () => {
    const answers: (typeof handle)[] = [
      () => {},
      (request) => request.socket.destroy(),
      (_request, response) => response.end('<html>'),
      (_request, response) => answer(response, { hello: 1 }),
      (_request, response) => answer(response, ok, 502),
      (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{');
        setImmediate(() => response.destroy());
      },
    ];
    for (const one of answers) {
      handle = one;
      expect(await groupMsgRecall(client, call, gate)).toMatchObject({ kind: 'lost' });
    }
  });
  test('HTTP 4xx without an envelope, and nobody listening: not sent', async () => {
    handle = (_request, response) => response.writeHead(404).end('not found');
    expect(await groupMsgRecall(client, call, gate)).toMatchObject({ kind: 'not_sent', httpStatus: 404 });
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await groupMsgRecall(client, call, gate)).toMatchObject({ kind: 'not_sent', cause: 'ECONNREFUSED' });
  });
  test('no result holds the signature or the key', async () => {
    handle = (request) => request.socket.destroy();
    const result = JSON.stringify(await groupMsgRecall(client, call, gate));
    expect(result).not.toContain(urls[0]?.searchParams.get('usersig'));
    expect(result).not.toContain(secretKey);
  });
});

test('a UserSig is cached, valid for two days, and renewed at half of that', () => {
  let now = Date.now();
  const sigs = createUserSigs({ sdkAppId, secretKey, identifier: 'administrator', now: () => now });
  const first = sigs.current();
  now += 86_400_000 - 1;
  expect(sigs.current()).toBe(first);
  const decoded = JSON.parse(
    inflateSync(Buffer.from(first.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '='), 'base64')).toString(),
  ) as Record<string, unknown>;
  expect(decoded).toMatchObject({ 'TLS.identifier': 'administrator', 'TLS.sdkappid': sdkAppId, 'TLS.expire': 172_800 });
  sigs.renew('another one');
  expect(sigs.current()).toBe(first);
});

test('a refused signature is renewed only when the call may still be made; else it was not sent', async () => {
  handle = (_request, response) => answer(response, { ...ok, ErrorCode: 70_001 });
  let asked = 0;
  const result = await groupMsgRecall(client, call, async () => {
    asked += 1;
    if (asked === 2) throw new Error('its recall was cancelled');
  });
  expect(result).toMatchObject({ kind: 'not_sent', httpStatus: null });
  expect(urls).toHaveLength(1);
});

test('what had to wait too long for its connection is not sent; the connection serves the next', async () => {
  handle = (_request, response) => answer(response, ok);
  const options = { apiUrl: urlOf(server, '127.0.0.1'), sdkAppId, secretKey, identifier: 'administrator' };
  await client.close();
  client = createTencentClient({ ...options, timeoutMs: 5_000, connections: 1 });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const post = (leavesWithinMs?: number) => {
    return client.post('any', {}, z.looseObject({}), gate, leavesWithinMs === undefined ? {} : { leavesWithinMs });
  };
  expect(await post(-1)).toEqual({ kind: 'not_sent', httpStatus: null, cause: 'CONNECTED_TOO_LATE' });
  expect(urls).toHaveLength(0);
  expect(await post(60_000)).toMatchObject({ kind: 'answered' });
  expect(await post()).toMatchObject({ kind: 'answered' });
  expect(urls).toHaveLength(2);
  expect(connections).toBe(1);
});
