import { randomUUID } from 'node:crypto';
import type { Log } from '@chat-recall/shared/log';
import { Histogram, type Registry } from '@chat-recall/shared/metrics';
import type { RequestHandler } from 'express';
import { localsOf } from './locals.ts';

/** Asked every few seconds by machines. */
const seldomTold = new Set(['/healthz', '/readyz', '/metrics']);

/**
 * Gives each request an id, which its answer and the log bear, and tells of it when it is over. Neither
 * paths nor queries are logged: they hold what people look for.
 */
export function tellRequests(log: Log, registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'chat_recall_console_request_seconds',
    help: 'How long a request took, streams to their end, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
    registers: [registry],
  });
  return (request, response, next) => {
    const requestId = randomUUID();
    Object.assign(response.locals, { requestId });
    response.setHeader('x-request-id', requestId);
    const begun = performance.now();
    response.once('close', () => {
      const { route = 'none', principal } = localsOf(response);
      const method = knownMethods.has(request.method) ? request.method : 'other';
      const ms = Math.round(performance.now() - begun);
      seconds.observe({ method, route, status: response.statusCode }, ms / 1000);
      const told = {
        requestId,
        method,
        route,
        status: response.statusCode,
        ms,
        by: principal?.name,
        whole: response.writableFinished,
      };
      log[seldomTold.has(route) ? 'debug' : 'info'](told, 'request');
    });
    next();
  };
}

/** Labels of a metric must not be what a client makes up. */
const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
