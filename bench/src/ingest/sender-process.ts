import { callbackUrl } from '@chat-recall/simulator';
import { percentile } from '../stats.ts';
import { makeBodies } from './bodies.ts';
import { openConnection, type Connection } from './connection.ts';
import type { Order, SenderOptions, Sent } from './orders.ts';

/** Started by `startSender`: sends what it is ordered to, and tells what came of it. */
const options = JSON.parse(process.argv[2] ?? '{}') as SenderOptions;
const command = 'Group.CallbackAfterSendMsg';
const bodies = makeBodies({ appId: options.appId, count: options.bodies, seed: options.seed });
let sent = 0;

process.on('message', (order: Order) => {
  void carryOut(order).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function carryOut(order: Order): Promise<Sent> {
  const targets = order.origins.map((origin) => new URL(origin));
  const connections = await Promise.all(
    Array.from({ length: order.connections }, (_, at) => {
      const { hostname, port } = targets[at % targets.length] ?? new URL('');
      return openConnection(hostname, Number(port));
    }),
  );
  const headOf = rememberedHead(order);
  const times: number[] = [];
  let ok = 0;
  let other = 0;
  let open = order.callbacks ?? Infinity;
  const began = performance.now();
  const counting = began + order.warmMs;
  const ends = order.callbacks === null ? counting + order.forMs : Infinity;
  let cpu = process.cpuUsage();
  let counts = order.warmMs === 0;

  async function drive(connection: Connection): Promise<void> {
    for (;;) {
      const from = performance.now();
      if (from >= ends || open <= 0) return;
      open -= 1;
      if (!counts && from >= counting) {
        counts = true;
        cpu = process.cpuUsage();
      }
      const status = await connection.post(request(headOf));
      const to = performance.now();
      if (to < counting || to > ends) continue;
      times.push(to - from);
      if (status === 200) ok += 1;
      else other += 1;
      if (status === 0) return;
    }
  }

  await Promise.all(connections.map(drive));
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (order.callbacks === null ? order.forMs : performance.now() - began) / 1_000;
  for (const connection of connections) connection.close();
  return {
    ok,
    other,
    seconds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    slowest: percentile(times, 1),
    cpuSeconds: (user + system) / 1e6,
  };
}

function request(headOf: (second: number) => string): Buffer {
  const now = Date.now();
  const body = bodies.next(sent, now);
  sent += 1;
  const head = `${headOf(Math.floor(now / 1_000))}${body.length}\r\n\r\n`;
  // The body is written over for the next message, and a socket keeps what it could not write at once.
  const whole = Buffer.allocUnsafe(head.length + body.length);
  whole.write(head, 'latin1');
  body.copy(whole, head.length);
  return whole;
}

/** The signature covers the second alone. Ends where the length comes. */
function rememberedHead({ path, token }: Order): (second: number) => string {
  let known = -1;
  let head = '';
  return (second) => {
    if (second !== known) {
      known = second;
      const url = callbackUrl({ url: path, sdkAppId: options.appId, command, token, requestTime: second });
      head = `POST ${url} HTTP/1.1\r\nHost: receiver\r\nContent-Type: application/json\r\nContent-Length: `;
    }
    return head;
  };
}
