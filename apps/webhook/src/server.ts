import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** The platform posts over persistent connections and Node closes idle ones after 5 s by default, ms. */
const keepAliveTimeoutMs = 75_000;
/** Head and body must be here by then; the platform itself waits 2 s for its answer, ms. */
const requestTimeoutMs = 10_000;
/** How often connections that are idle again are looked for while stopping, ms. */
const closingEveryMs = 50;
/** What stopping waits for at most: Node's own time limits end with `close`, ms. */
const stopWithinMs = 8_000;

export type Handle = (request: IncomingMessage, response: ServerResponse, search: string) => Promise<void>;

/** One server: the callback path to its own handler, all else to `rest`. */
export function createReceiverServer(
  path: string,
  handle: Handle,
  rest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const server = createServer({
    keepAliveTimeout: keepAliveTimeoutMs,
    headersTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 2_000,
  });
  function dispatch(request: IncomingMessage, response: ServerResponse): void {
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
  return server;
}

/** Stops listening; resolves when what is in hand is answered and all connections are closed. */
export async function stopServer(server: Server): Promise<void> {
  const closing = setInterval(() => server.closeIdleConnections(), closingEveryMs);
  const giveUp = setTimeout(() => server.closeAllConnections(), stopWithinMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearInterval(closing);
  clearTimeout(giveUp);
}
