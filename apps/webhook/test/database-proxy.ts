import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface DatabaseProxy {
  /** The URL of the database, by way of here. */
  readonly url: string;
  /** Refuses connections and breaks those there are. */
  down(): Promise<void>;
  /** Takes what is sent and answers nothing, as a network does that loses everything. */
  silent(): void;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Stands between the receiver and its database, so that a test can take the latter away. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const end of [socket, upstream]) {
      sockets.add(end);
      end.on('error', () => {});
      end.on('close', () => {
        sockets.delete(end);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.on('data', (chunk) => isSilent || upstream.write(chunk));
    upstream.on('data', (chunk) => isSilent || socket.write(chunk));
  });
  async function listen(port: number): Promise<void> {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  async function down(): Promise<void> {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  return {
    url: url.href,
    down,
    silent: () => void (isSilent = true),
    async up() {
      isSilent = false;
      if (!server.listening) await listen(port);
    },
    close: async () => (server.listening ? down() : undefined),
  };
}
