import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The platform posts over persistent connections and Node closes idle ones after 5 s by default, ms. */
const keepAliveTimeoutMs = 75_000;
/** Head and body must be here by then; the platform itself waits 2 s for its answer, ms. */
const requestTimeoutMs = 10_000;
/** How often connections that are idle again are looked for while stopping, ms. */
const closingEveryMs = 50;
/** What stopping waits for at most: Node's own time limits end with `close`, ms. */
const stopWithinMs = 8_000;

export type Handle = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

export interface ReceiverServer {
  readonly server: Server;
  /** Stops listening; resolves when what is in hand is answered and all connections are closed. */
  stop(): Promise<void>;
}

/** One server: the callback path to its own handler, all else to `rest`. */
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
  /** Connections without a request so far: to Node they are not idle. */
  const fresh = new Set<Socket>();
  server.on('connection', (socket) => {
    fresh.add(socket);
    socket.once('close', () => fresh.delete(socket));
  });
  function dispatch(request: IncomingMessage, response: ServerResponse): void {
    fresh.delete(request.socket);
    const url = request.url ?? '';
    const isCallback = url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
    // While stopping, what is in hand is answered and its connection closed.
    if (!server.listening) response.shouldKeepAlive = false;
    if (isCallback) void handle(request, response, url.slice(path.length + 1));
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
