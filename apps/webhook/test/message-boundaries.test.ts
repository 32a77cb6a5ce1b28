import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startReceiver, type AtWork } from './receiver-at-work.ts';

let work: AtWork;
beforeAll(async () => {
  work = await startReceiver();
});
afterAll(() => work.end());

/** Writes bytes as they are; all that comes back until the other side ends it. */
async function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(work.receiver.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return received;
}

const second = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n';
const chunked = (body: string): string => `Transfer-Encoding: chunked\r\n\r\n${body}`;

test('one request after the other is answered by two answers', async () => {
  const answers = await exchange(`${second}${second.replace('Host', 'Connection: close\r\nHost')}`);
  expect(answers.match(/HTTP\/1\.1 200 /gu)).toHaveLength(2);
});

test.each([
  ['a length and chunks', `Content-Length: 5\r\n${chunked(`0\r\n\r\n${second}`)}`],
  ['chunks and a length', `Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${second}`],
  ['two lengths', `Content-Length: 0\r\nContent-Length: 37\r\n\r\n${second}`],
  ['a length that is none', `Content-Length: +5\r\n\r\n12345${second}`],
  ['a name with a space', `Content-Length : 37\r\n\r\n${second}`],
  ['another coding after chunks', `Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n${second}`],
  ['a line without CR', `X: y\nContent-Length: 0\r\n\r\n${second}`],
  ['a chunk longer than it says', chunked(`1\r\n12\r\n0\r\n\r\n${second}`)],
  ['a size that is none', chunked(`0x5\r\n12345\r\n0\r\n\r\n${second}`)],
])('where a request ends is not guessed: %s', async (_what, rest) => {
  const answers = await exchange(`POST /nothing HTTP/1.1\r\nHost: x\r\n${rest}`);
  // The head alone may have been answered by then. What stands behind it is never taken for a request: the end comes.
  expect(answers).toMatch(/^HTTP\/1\.1 40[04] /u);
  expect(answers).not.toContain('HTTP/1.1 200');
});
