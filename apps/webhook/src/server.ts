import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The platform posts over persistent connections and Node closes idle ones after 5 s by default, ms. */
const keepAliveTimeoutMs = 75_000;
/** Head and body must be here by then; the platform itself waits 2 s for its answer, ms. */
const requestTimeoutMs = 10_000;
/** A connection on which nothing moves is closed after so long, ms: an answer that nobody reads, for instance. */
const stillTimeoutMs = 120_000;
/** Connections at once. The platform needs hundreds; each costs a file descriptor, of which the database needs some, too. */
const mostConnections = 10_000;
/** Of them such that have brought no callback so far. */
const mostUnproven = 4_000;
/** How often connections that are idle again are looked for while stopping, ms. */
const closingEveryMs = 50;
/** What stopping waits for at most: Node's own time limits end with `close`, ms. */
const stopWithinMs = 8_000;

/** To be told the connection of a callback that is known to be the platform's. */
export type Prove = (socket: Socket) => void;

export type Handle = (
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
  prove: Prove,
) => Promise<void>;

export interface ReceiverServer {
  readonly server: Server;
  /** Stops listening; resolves when what is in hand is answered and all connections are closed. */
  stop(): Promise<void>;
}

/**
 * One server: the callback path to its own handler, all else to `rest`.
 *
 * Whoever opens thousands of connections and sends nothing, or a byte a second, gets only so many: of those
 * that have brought no callback the oldest goes when there are too many. The platform sends at once.
 */
export function createReceiverServer(
  path: string,
  handle: Handle,
  rest: (request: IncomingMessage, response: ServerResponse) => void,
): ReceiverServer {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 2_000,
  });
  server.setTimeout(stillTimeoutMs);
  server.maxConnections = mostConnections;
  /** Connections without a request so far: to Node they are not idle. */
  const fresh = new Set<Socket>();
  /** Connections without a callback so far, oldest first. */
  const unproven = new Set<Socket>();
  const prove: Prove = (socket) => void unproven.delete(socket);
  server.on('connection', (socket) => {
    fresh.add(socket);
    unproven.add(socket);
    socket.once('close', () => {
      fresh.delete(socket);
      unproven.delete(socket);
    });
    if (unproven.size > mostUnproven) dropOldest(unproven);
  });
  function dispatch(request: IncomingMessage, response: ServerResponse): void {
    fresh.delete(request.socket);
    const url = request.url ?? '';
    const isCallback = url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
    // While stopping, what is in hand is answered and its connection closed.
    if (!server.listening) response.shouldKeepAlive = false;
    if (isCallback) void handle(request, response, url.slice(path.length + 1), prove);
    else rest(request, response);
  }
  server.on('request', dispatch);
  // Without a listener of its own Node invites the body before anybody has looked at the head.
  server.on('checkContinue', dispatch);
  return {
    server,
    async stop() {
      const closing = setInterval(() => {
        server.closeIdleConnections();
        for (const socket of fresh) socket.destroy();
      }, closingEveryMs);
      const giveUp = setTimeout(() => server.closeAllConnections(), stopWithinMs);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      clearInterval(closing);
      clearTimeout(giveUp);
    },
  };
}

function dropOldest(sockets: Set<Socket>): void {
  const [oldest] = sockets;
  if (oldest === undefined) return;
  sockets.delete(oldest);
  oldest.destroy();
}
