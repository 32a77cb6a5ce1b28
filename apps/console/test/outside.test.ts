import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAtWork, token, type AtWork } from './console-at-work.ts';
import { auditOf } from './signed-in.ts';

/** An address of this host that others reach it by. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork({ CONSOLE_HOST: '0.0.0.0' });
});
afterAll(() => at.stop());

const port = (): string => new URL(at.url).port;

(outside === undefined ? test.skip : test)(
  'those who do not come by a proxy on this host cannot say from where they come',
  async () => {
    for (const [host, address] of [
      ['127.0.0.1', '203.0.113.9'],
      [String(outside), String(outside)],
    ] as const) {
      const response = await fetch(`http://${host}:${port()}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.9' },
        body: JSON.stringify({ token }),
      });
      expect(response.status).toBe(200);
      expect((await auditOf(at)).at(-1)).toMatchObject({ action: 'session.create', address });
    }
  },
);

test.each([
  '/assets/../../package.json',
  '/assets/..%2f..%2fpackage.json',
  '/assets/%2e%2e/%2e%2e/package.json',
  '/assets/..\\..\\package.json',
  '/..%5c..%5cpackage.json',
  '//etc/passwd',
  '/assets//etc/passwd',
  '/assets/',
  '/assets',
  '/queues/static/../../../../package.json',
  '/queues/static/..%2f..%2f..%2f..%2fpackage.json',
  'file:///etc/passwd',
])('%s leads to no file', async (path) => {
  const socket = connect(Number(port()), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 40[034] /u);
  expect(answer).not.toMatch(/"dependencies"|root:|\.js"/u);
});
