import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a process and a store, so that a test can lose connections without either side being told. */
export interface TcpProxy {
  /** The URL of the store, by way of here. */
  readonly url: string;
  /** Connections that were ever taken. */
  readonly opened: number;
  /** Connections there are, not counting those that were lost. */
  readonly open: number;
  /** From now on what the connections there are send is taken, and goes nowhere; new ones work. */
  lose(): void;
  /** As `lose`, for those to come, too, until `heal`. */
  loseAll(): void;
  /** New connections work again. Lost ones stay lost. */
  heal(): void;
  close(): Promise<void>;
}

/** @param url of the store; `defaultPort` where it has none */
export async function startTcpProxy(url: string, defaultPort = 5432): Promise<TcpProxy> {
  const target = new URL(url);
  const live = new Set<Socket>();
  const sockets = new Set<Socket>();
  let opened = 0;
  let losing = false;
  const server = createServer((socket) => {
    opened += 1;
    if (!losing) live.add(socket);
    const upstream = connect(Number(target.port || defaultPort), target.hostname);
    for (const [end, other] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(end);
      end.on('error', () => {});
      // Of a lost connection no side learns that the other is gone.
      end.on('data', (chunk) => live.has(socket) && other.write(chunk));
      end.on('close', () => {
        sockets.delete(end);
        if (live.delete(socket)) other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const here = new URL(url);
  here.hostname = '127.0.0.1';
  here.port = String((server.address() as AddressInfo).port);
  return {
    url: here.href,
    get opened() {
      return opened;
    },
    get open() {
      return live.size;
    },
    lose: () => live.clear(),
    loseAll() {
      losing = true;
      live.clear();
    },
    heal: () => void (losing = false),
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
