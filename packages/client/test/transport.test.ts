import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { freePort } from '@chat-recall/testkit';
import { ApiError, createClient, UnreachableError, type Client, type ClientOptions } from '../src/index.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function clientOf(answer: Answer, options: Partial<ClientOptions> = {}): Promise<Client> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return createClient({
    baseUrl: `http://127.0.0.1:${port}${options.baseUrl ?? ''}`,
    token: 'a-token',
    ...without(options),
  });
}

function without({ baseUrl: _, ...rest }: Partial<ClientOptions>): Partial<ClientOptions> {
  return rest;
}

function json(response: ServerResponse, body: unknown, status = 200, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
}

const id = '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f';

test('problem+json becomes an ApiError with everything that it says', async () => {
  const problem = {
    type: 'urn:chat-recall:problem:invalid_request',
    title: 'The request is not valid',
    status: 422,
    detail: 'selector.senders[0] must not be empty',
    code: 'invalid_request',
    requestId: id,
    errors: [{ path: 'selector.senders[0]', message: 'must not be empty' }],
  };
  const client = await clientOf((_request, response) => json(response, problem, 422, 'application/problem+json'));
  const error = await client.recalls.get(id).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({
    status: 422,
    code: 'invalid_request',
    detail: problem.detail,
    message: problem.detail,
    errors: problem.errors,
    requestId: id,
    problem,
  });
});

test('what else answers is not the console: UnreachableError', async () => {
  const answers: Answer[] = [
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    (_request, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>'),
    (_request, response) => response.writeHead(302, { location: '/login' }).end(),
    (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"cut'),
    (_request, response) => response.writeHead(404, { 'content-type': 'application/problem+json' }).end('no json'),
    (request) => request.socket.destroy(),
  ];
  for (const answer of answers) {
    const client = await clientOf(answer);
    await expect(client.recalls.get(id)).rejects.toBeInstanceOf(UnreachableError);
    await expect(client.recalls.eachOutcome(id).next()).rejects.toBeInstanceOf(UnreachableError);
  }
});

test('nobody listens, or nobody answers in time: UnreachableError that says so', async () => {
  const away = createClient({ baseUrl: `http://127.0.0.1:${await freePort()}`, token: 'a' });
  await expect(away.recalls.get(id)).rejects.toThrow(/cannot be reached: connect ECONNREFUSED/u);
  const slow = await clientOf(() => {}, { timeoutMs: 50 });
  await expect(slow.recalls.get(id)).rejects.toThrow(/no answer within 50 ms/u);
});

test('a stream that stands still is given up; one that is read slowly is not', async () => {
  const stuck = await clientOf(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"msgSeq":1}\n');
    },
    { timeoutMs: 80 },
  );
  const outcomes = stuck.recalls.eachOutcome(id);
  await expect(outcomes.next()).resolves.toMatchObject({ value: { msgSeq: 1 } });
  await expect(outcomes.next()).rejects.toThrow(/no answer within 80 ms/u);

  const whole = await clientOf(
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end('{"msgSeq":1}\n{"msgSeq":2}\n');
    },
    { timeoutMs: 80 },
  );
  const seen: number[] = [];
  for await (const { msgSeq } of whole.recalls.eachOutcome(id)) {
    seen.push(msgSeq);
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  expect(seen).toEqual([1, 2]);
});

test('a stream that breaks off is an error, not an end', async () => {
  const client = await clientOf((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).write('{"msgSeq":1}\n');
    setTimeout(() => response.destroy(), 20);
  });
  const seen: number[] = [];
  const read = async (): Promise<void> => {
    for await (const { msgSeq } of client.recalls.eachOutcome(id)) seen.push(msgSeq);
  };
  await expect(read()).rejects.toBeInstanceOf(UnreachableError);
  expect(seen).toEqual([1]);
});

test('what is sent: token, language, lists, encoded paths, a path before the API', async () => {
  const seen: { url?: string | undefined; headers: IncomingMessage['headers'] }[] = [];
  const client = await clientOf(
    (request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      json(response, { items: [], nextCursor: null });
    },
    { baseUrl: '/console', language: 'zh', sdkAppId: 1_400_000_001 },
  );
  await client.messages.search({ sender: ['a&b', 'c'], keyword: ['加微信'], limit: 5, cursor: undefined });
  await client.recalls.outcomes('../x', {});
  expect(seen[0]?.url).toBe(
    '/console/api/v1/messages?sender=a%26b&sender=c&keyword=%E5%8A%A0%E5%BE%AE%E4%BF%A1&limit=5',
  );
  expect(seen[0]?.headers).toMatchObject({
    authorization: 'Bearer a-token',
    'accept-language': 'zh-CN',
    'sdk-app-id': '1400000001',
  });
  expect(seen[1]?.url).toBe('/console/api/v1/recalls/..%2Fx/outcomes');
});

test('a lost answer is asked for again under the same key; a refusal is not', async () => {
  const keys: unknown[] = [];
  const client = await clientOf((asked, response) => {
    keys.push(asked.headers['idempotency-key']);
    asked.resume();
    if (keys.length < 3) asked.socket.destroy();
    else json(response, { id }, 202);
  });
  const request = { selector: { senders: ['a'] }, reason: 'r' };
  await expect(client.enqueueRecall(request)).resolves.toEqual({ id });
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  await client.enqueueRecall(request, { idempotencyKey: 'mine' });
  expect(keys.at(-1)).toBe('mine');

  let times = 0;
  const refusing = await clientOf((asked, response) => {
    asked.resume();
    times += 1;
    json(
      response,
      { code: 'conflict', detail: 'the key was used for another request' },
      409,
      'application/problem+json',
    );
  });
  await expect(refusing.enqueueRecall(request)).rejects.toMatchObject({ status: 409, code: 'conflict' });
  expect(times).toBe(1);
});

test('the token is in no error', () => {
  const token = 'secret token\nwith a line break';
  for (const options of [
    { baseUrl: 'http://127.0.0.1:1', token },
    { baseUrl: 'ftp://127.0.0.1', token: 'secret' },
    { baseUrl: 'http://user:secret@127.0.0.1', token: 'secret' },
    { baseUrl: 'nothing', token: 'secret' },
  ]) {
    expect(() => createClient(options)).toThrow(TypeError);
    expect(() => createClient(options)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  }
});
