import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import { preciseNow, trickleEveryMs } from '../src/proxy/disturbance.ts';
import { startProxy, type Proxy } from '../src/proxy/proxy.ts';

/** Long against a loopback, short against a test. */
const latencyMs = 150;

/** A server that says everything back. */
let echo: Server;
let proxy: Proxy;
/** `heldMs`: until all of it had gone on; `waitedMs`: until the first of it did. */
let forwarded: { text: string; heldMs: number; waitedMs: number }[];
const served = new Set<Socket>();
const clients = new Set<Client>();

interface Client {
  readonly socket: Socket;
  readonly text: () => string;
  readonly state: () => 'open' | 'ended' | 'reset';
}

async function open(): Promise<Client> {
  const socket = connect(proxy.port, '127.0.0.1');
  let text = '';
  let state: ReturnType<Client['state']> = 'open';
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  socket.on('error', () => (state = 'reset'));
  socket.on('end', () => (state = 'ended'));
  const client = { socket, text: () => text, state: () => state };
  clients.add(client);
  await once(socket, 'connect');
  return client;
}

async function say(client: Client, text: string): Promise<void> {
  const before = client.text();
  client.socket.write(text);
  await eventually(() => client.text() === before + text);
}

beforeEach(async () => {
  forwarded = [];
  echo = createServer((socket) => {
    served.add(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  proxy = await startProxy({
    target: () => port,
    onForwarded: (piece, receivedAt, forwardedAt) =>
      forwarded.push({
        text: piece.toString(),
        heldMs: preciseNow() - receivedAt,
        waitedMs: forwardedAt - receivedAt,
      }),
  });
});
afterEach(async () => {
  for (const { socket } of clients) socket.destroy();
  await proxy.close();
  for (const socket of served) socket.destroy();
  echo.close();
  clients.clear();
  served.clear();
});

describe('a proxy', () => {
  it('lets through, both ways, and passes on an end', async () => {
    const client = await open();
    await say(client, 'hello');
    await say(client, 'x'.repeat(3_000_000));
    client.socket.end();
    await eventually(() => client.state() === 'ended');
    await eventually(() => proxy.connections === 0);
  });

  it('breaks a connection whose target is away', async () => {
    const client = await open();
    await say(client, 'hello');
    echo.close();
    for (const socket of served) socket.destroy();
    await eventually(() => client.state() !== 'open');
    const late = await open();
    await eventually(() => late.state() === 'reset');
  });

  it('delays, and keeps the order when the delay is over', async () => {
    const client = await open();
    const end = proxy.disturb({ kind: 'latency', ms: latencyMs });
    client.socket.write('one ');
    await eventually(() => forwarded.length === 1);
    expect(forwarded[0]?.heldMs).toBeGreaterThanOrEqual(latencyMs - 1);
    client.socket.write('two ');
    // It waits there already when the next one comes.
    await eventually(() => client.text() === 'one ');
    end();
    client.socket.write('three');
    await eventually(() => client.text() === 'one two three');
  });

  it('holds everything, and lets it go afterwards, also what its client has given up on', async () => {
    const stays = await open();
    const leaves = await open();
    await say(stays, 'a');
    await say(leaves, 'b');
    forwarded = [];
    const end = proxy.disturb({ kind: 'hold' });
    stays.socket.write('c');
    leaves.socket.write('d');
    leaves.socket.end();
    leaves.socket.destroySoon();
    await once(leaves.socket, 'close');
    expect(forwarded).toEqual([]);
    end();
    await eventually(() => stays.text() === 'ac');
    await eventually(
      () =>
        forwarded
          .map(({ text }) => text)
          .sort()
          .join('') === 'cd',
    );
  });

  it('swallows like a black hole, and resets afterwards what lost something', async () => {
    const talks = await open();
    const silent = await open();
    await say(talks, 'a');
    await say(silent, 'b');
    const end = proxy.disturb({ kind: 'black-hole' });
    const fresh = await open();
    talks.socket.write('lost');
    fresh.socket.write('lost');
    await eventually(() => proxy.swallowed === 1);
    expect([talks.state(), fresh.state()]).toEqual(['open', 'open']);
    end();
    await eventually(() => talks.state() === 'reset' && fresh.state() === 'reset');
    await say(silent, 'c');
    expect(forwarded.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
  });

  it('resets what there is and what comes, until it is over', async () => {
    const client = await open();
    await say(client, 'a');
    const end = proxy.disturb({ kind: 'reset' });
    await eventually(() => client.state() === 'reset');
    const second = await open().catch(() => null);
    if (second !== null) await eventually(() => second.state() === 'reset');
    end();
    await say(await open(), 'b');
  });

  it('trickles', async () => {
    const client = await open();
    const end = proxy.disturb({ kind: 'trickle', bytes: 3 });
    client.socket.write('0123456789');
    await eventually(() => client.text().length > 0);
    expect(client.text().length).toBeLessThan(10);
    await eventually(() => forwarded.length === 1);
    end();
    await eventually(() => client.text() === '0123456789');
    const [{ heldMs, waitedMs } = { heldMs: 0, waitedMs: 0 }] = forwarded;
    // Four portions, of which the first went at once.
    expect(heldMs - waitedMs).toBeGreaterThanOrEqual(3 * trickleEveryMs - 5);
  });

  it('disturbs each n-th connection alone when told so', async () => {
    const first = await open();
    await say(first, 'a');
    const second = await open();
    await say(second, 'b');
    const end = proxy.disturb({ kind: 'reset' }, 2);
    await eventually(() => second.state() === 'reset');
    await say(first, 'c');
    end();
  });

  it('knows one disturbance at a time: ending an older one changes nothing', async () => {
    const client = await open();
    await say(client, 'a');
    const endFirst = proxy.disturb({ kind: 'hold' });
    const endSecond = proxy.disturb({ kind: 'hold' });
    endFirst();
    client.socket.write('b');
    expect(client.text()).toBe('a');
    endSecond();
    await eventually(() => client.text() === 'ab');
  });
});
