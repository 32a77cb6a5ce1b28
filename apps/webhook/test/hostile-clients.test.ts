import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnProcess } from '@chat-recall/testkit';
import type { CallbackBody, SendSummary } from '@chat-recall/simulator';
import { sent } from './receiver-at-work.ts';
import { startReceiverProcess, type ReceiverProcess } from './receiver-process.ts';

const register = fileURLToPath(new URL('../../../packages/testkit/register-typescript.js', import.meta.url));
const idleSockets = fileURLToPath(new URL('fixtures/idle-sockets.ts', import.meta.url));
const megabyte = 1024 * 1024;

let receiver: ReceiverProcess;
beforeAll(async () => {
  receiver = await startReceiverProcess();
});
afterAll(() => receiver.end());

let seq = 0;
/** What the platform sees meanwhile. */
async function send(count: number): Promise<SendSummary> {
  const sender = receiver.sender();
  const bodies = Array.from({ length: count }, () => sent({ MsgSeq: (seq += 1) }) as CallbackBody);
  const summary = await sender.sendMany(bodies);
  await sender.close();
  return summary;
}

/** However it ends: `once` would reject when it is reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** All that comes back until the connection ends. */
async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  await closed(socket);
  return text;
}

/** Writes the same bytes again and again for as long as somebody is there. */
async function drip(socket: Socket, bytes: string | Buffer, everyMs: number): Promise<void> {
  while (!socket.destroyed) {
    if (!socket.write(bytes)) {
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), closed(socket)]);
    }
    await pause(everyMs);
  }
}

describe('nobody else notices', () => {
  test('ten thousand connections that send nothing', async () => {
    const { hostname, port } = new URL(receiver.url);
    const idle = await spawnProcess({
      script: idleSockets,
      args: [hostname, port, '10000'],
      nodeArgs: ['--conditions=source', `--import=${register}`],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    expect(await idle.waitForLog((entry) => 'opened' in entry, 30_000)).toEqual({ opened: 10_000 });
    expect(await send(3_000)).toMatchObject({ posted: 3_000, ok: 3_000 });
    // Only so many are held, and those not for long.
    await idle.waitForLog(({ left }) => typeof left === 'number' && left <= 4_000);
    await idle.waitForLog(({ left }) => left === 0, 30_000);
    expect(receiver.memory()).toBeLessThan(400 * megabyte);
    await idle.kill();
  });

  test('senders that are slow on purpose, or never come to an end', async () => {
    const { connect, head } = receiver;
    function hostile(count: number, begin: string, bytes: string | Buffer, everyMs: number): Promise<string[]> {
      return Promise.all(
        Array.from({ length: count }, async () => {
          const socket = connect();
          const answer = received(socket);
          socket.write(begin);
          await drip(socket, bytes, everyMs);
          return answer;
        }),
      );
    }
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, ' '), Buffer.from('\r\n')]);
    const chunked = head('Transfer-Encoding: chunked\r\n');
    const unsigned = chunked.replace('Sign=', 'Sing=');
    const over = Promise.all([
      hostile(100, 'POST /callback HTTP/1.1\r\nX: ', 'x', 100),
      hostile(100, head('Content-Length: 100000\r\n'), ' ', 100),
      hostile(100, chunked, '1\r\n \r\n', 100),
      hostile(4, chunked, chunk, 1),
      hostile(4, head('Content-Length: 9999999999\r\n'), chunk, 1),
      hostile(4, unsigned, chunk, 1),
    ]);
    const summaries: SendSummary[] = [];
    for (let round = 0; round < 8; round += 1) summaries.push(await send(250));
    expect(summaries.map(({ ok }) => ok)).toEqual(summaries.map(() => 250));
    const statuses = (await over).map((answers) => [
      ...new Set(answers.map((answer) => /^HTTP\/1.1 (\d+) /u.exec(answer)?.[1])),
    ]);
    expect(statuses).toEqual([['408'], ['408'], ['408'], ['413'], ['413'], ['401']]);
    expect(receiver.memory()).toBeLessThan(400 * megabyte);
    expect(await send(100)).toMatchObject({ ok: 100 });
  });

  test('readers that never read their answers', async () => {
    const ask = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500);
    const sockets = Array.from({ length: 20 }, () => receiver.connect().pause());
    const done = new AbortController();
    const asking = sockets.map(async (socket) => {
      while (!done.signal.aborted && socket.write(ask)) await pause(1);
    });
    expect(await send(2_000)).toMatchObject({ ok: 2_000 });
    done.abort();
    for (const socket of sockets) socket.destroy();
    await Promise.all(asking);
    expect(receiver.memory()).toBeLessThan(400 * megabyte);
  });

  test('bodies that together would not fit into the memory are refused, and only those', async () => {
    const body = Buffer.alloc(250 * 1024, ' ');
    const sockets = Array.from({ length: 900 }, () => receiver.connect());
    const answers = sockets.map(received);
    for (const socket of sockets) {
      socket.write(receiver.head(`Content-Length: ${body.length + 1}\r\n`));
      socket.write(body);
    }
    // The last byte never comes.
    await Promise.race(sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
    expect(receiver.memory()).toBeLessThan(500 * megabyte);
    for (const socket of sockets) socket.destroy();
    const refused = (await Promise.all(answers)).filter((answer) => answer !== '');
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) expect(answer).toMatch(/^HTTP\/1.1 503 [^]*"ErrorCode":50302\}$/u);
    expect(await send(100)).toMatchObject({ ok: 100 });
  });
});
