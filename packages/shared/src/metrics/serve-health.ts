import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { messageOf } from '../errors/index.ts';

/** A part that must answer for the process to be ready; rejects with the reason when it does not. A text that it resolves with is told instead of `ok`. */
export type Check = () => Promise<unknown>;

/** What `/readyz` says. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
}

/** How long a part may take to answer before it counts as failing, ms. */
const checkWithinMs = 3_000;

/** What closing a server waits for requests under way when nothing else is said, ms. */
const defaultCloseWithinMs = 5_000;

/** Asks every part at once. Failing parts are named with a short reason. */
export async function readiness(checks: Readonly<Record<string, Check>>): Promise<Readiness> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${checkWithinMs} ms`)), checkWithinMs);
      });
      try {
        const told = await Promise.race([check(), late]);
        return { name, fine: true, state: typeof told === 'string' ? told : 'ok' };
      } catch (error) {
        return { name, fine: false, state: messageOf(error) };
      } finally {
        clearTimeout(timer);
      }
    }),
  );
  return {
    ready: parts.every(({ fine }) => fine),
    parts: Object.fromEntries(parts.map(({ name, state }) => [name, state])),
  };
}

/** Serves `/healthz`, `/readyz` and `/metrics`. Resolves once it listens. */
export async function serveHealth(options: {
  host: string;
  port: number;
  registry: Registry;
  checks: Readonly<Record<string, Check>>;
}): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '/')
      .catch((error: unknown) => failed(messageOf(error)))
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
        response.end(body);
      });
  });
  const failed = (error: string) => ({ status: 500, type: 'application/json', body: JSON.stringify({ error }) });
  async function answer(url: string): Promise<{ status: number; type: string; body: string }> {
    const path = url.split('?', 1)[0];
    if (path === '/healthz') return { status: 200, type: 'application/json', body: '{"alive":true}' };
    if (path === '/readyz') {
      const state = await readiness(options.checks);
      return { status: state.ready ? 200 : 503, type: 'application/json', body: JSON.stringify(state) };
    }
    if (path === '/metrics') {
      return { status: 200, type: options.registry.contentType, body: await options.registry.metrics() };
    }
    return { status: 404, type: 'application/json', body: '{"error":"not found"}' };
  }
  await listen(server, options.host, options.port);
  return { url: urlOf(server, options.host), close: () => closeServer(server) };
}

/** Listens, or rejects with the reason (a port in use, for instance). */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The base URL of a listening server. */
export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Stops listening, lets requests under way end and closes idle connections.
 *
 * @param withinMs what is not over by then is broken off
 */
export function closeServer(server: Server, withinMs = defaultCloseWithinMs): Promise<void> {
  return new Promise((resolve) => {
    // A connection that was never used does not count as idle and would hold up the end.
    const giveUp = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearTimeout(giveUp);
      resolve();
    });
    server.closeIdleConnections();
  });
}
