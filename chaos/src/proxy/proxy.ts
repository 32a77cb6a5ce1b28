import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Disturbance } from './disturbance.ts';
import { createPipe, type OnForwarded, type Pipe } from './pipe.ts';

/** A TCP proxy on 127.0.0.1 that can be made to misbehave. */
export interface Proxy {
  readonly port: number;
  /** Connections that there are. */
  readonly connections: number;
  /** Pieces that black holes have swallowed. */
  readonly swallowed: number;
  /**
   * Disturbs every connection, present and new, or with `every: n` each n-th that was made. One disturbance at a time: a
   * second one takes the place of the first.
   *
   * @returns ends it
   */
  disturb(disturbance: Disturbance, every?: number): () => void;
  close(): Promise<void>;
}

interface Connection {
  readonly number: number;
  readonly client: Socket;
  server: Socket | undefined;
  pipes: readonly Pipe[];
  /** Bytes were lost: it cannot go on. */
  torn: boolean;
}

export interface ProxyOptions {
  readonly host?: string;
  /** The port where connections go. */
  readonly target: () => number;
  /** Of what clients send. */
  readonly onForwarded?: OnForwarded;
}

export async function startProxy({ target, onForwarded, host = '127.0.0.1' }: ProxyOptions): Promise<Proxy> {
  const connections = new Set<Connection>();
  let made = 0;
  let swallowed = 0;
  let current: { readonly disturbance: Disturbance; readonly every: number } | undefined;

  function disturbanceOf(connection: Connection): Disturbance | undefined {
    return current !== undefined && connection.number % current.every === 0 ? current.disturbance : undefined;
  }

  function reset(connection: Connection): void {
    connection.client.resetAndDestroy();
    connection.server?.resetAndDestroy();
  }

  function accept(client: Socket): void {
    made += 1;
    const connection: Connection = { number: made, client, server: undefined, pipes: [], torn: false };
    client.setNoDelay(true);
    client.on('error', () => {});
    connections.add(connection);
    client.once('close', () => {
      if (connection.server === undefined || connection.server.destroyed) connections.delete(connection);
    });
    switch (disturbanceOf(connection)?.kind) {
      case 'reset':
        return reset(connection);
      case 'black-hole':
        connection.torn = true;
        client.resume();
        return;
      default:
        return open(connection);
    }
  }

  function open(connection: Connection): void {
    const { client } = connection;
    const server = connect({ port: target(), host, allowHalfOpen: true, noDelay: true });
    connection.server = server;
    // A refused connection of a client that was let in can only be broken.
    server.on('error', () => server.pending && client.resetAndDestroy());
    server.once('close', () => {
      if (client.destroyed) connections.delete(connection);
    });
    const common = {
      disturbance: () => disturbanceOf(connection),
      onSwallowed: () => {
        connection.torn = true;
        swallowed += 1;
      },
    };
    connection.pipes = [
      createPipe({ ...common, from: client, to: server, onForwarded }),
      createPipe({ ...common, from: server, to: client }),
    ];
  }

  const server = createServer({ allowHalfOpen: true }, accept);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections.size;
    },
    get swallowed() {
      return swallowed;
    },
    disturb(disturbance, every = 1) {
      const mine = { disturbance, every };
      current = mine;
      if (disturbance.kind === 'reset') for (const one of connections) if (disturbanceOf(one)) reset(one);
      return () => {
        if (current !== mine) return;
        current = undefined;
        for (const connection of connections) {
          if (connection.torn) reset(connection);
          else for (const pipe of connection.pipes) pipe.flush();
        }
      };
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) reset(connection);
      await closed;
    },
  };
}
