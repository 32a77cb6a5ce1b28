import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAtWork, type AtWork } from './console-at-work.ts';

let work: AtWork;
beforeAll(async () => {
  work = await startAtWork();
});
afterAll(() => work.stop());

test('clients that never end their heads are ended, and nobody else notices', async () => {
  const { hostname, port } = new URL(work.url);
  const slow = Array.from({ length: 200 }, async () => {
    const socket = connect(Number(port), hostname);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('error', () => {});
    const over = new Promise((resolve) => socket.once('close', resolve));
    socket.write('GET /api/v1/recalls HTTP/1.1\r\nX: ');
    const dripping = setInterval(() => socket.write('x'), 200);
    await over;
    clearInterval(dripping);
    return answer;
  });
  const others = Array.from({ length: 50 }, () => work.get('/api/v1/recalls'));
  expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 200));
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1.1 408 /u);
  expect((await work.get('/api/v1/recalls')).status).toBe(200);
});
