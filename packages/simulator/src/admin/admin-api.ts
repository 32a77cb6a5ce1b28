import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Faults } from '../faults/faults.ts';
import { readBody, respondJson } from '../http.ts';
import type { Ledger } from '../ledger.ts';
import type { Scene } from '../scene.ts';
import { adminRoutes } from './routes.ts';

export interface AdminParts {
  readonly scene: Scene;
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly reset: () => void;
  /** Bearer token; absent: open to whoever reaches the port, which is loopback by default. */
  readonly token?: string | undefined;
}

/** A handler: query and parsed body in, JSON out. What it throws is the caller's fault, and answered 400. */
export type AdminHandler = (parts: AdminParts, query: URLSearchParams, body: unknown) => unknown;

export interface AdminTarget {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Serves `/_standin/…`: the stand-in's own door for other processes. */
export function createAdminApi(parts: AdminParts) {
  return async (target: AdminTarget, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readBody(request);
    if (!raw) return void request.destroy();
    if (!isAllowed(request, parts.token)) {
      return respondJson(response, 401, { error: 'the admin token is missing or wrong' });
    }
    const handler = adminRoutes.find(({ method, path }) => method === target.method && path === target.path)?.handler;
    if (!handler) return respondJson(response, 404, { error: `no ${target.method} ${target.path}` });
    try {
      const body: unknown = raw.length > 0 ? JSON.parse(raw.toString()) : undefined;
      respondJson(response, 200, handler(parts, target.query, body));
    } catch (error) {
      respondJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function isAllowed(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return true;
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
