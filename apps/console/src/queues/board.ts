import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { isRefusedData } from '@chat-recall/shared/db';
import type { Log } from '@chat-recall/shared/log';
import type { Queue } from '@chat-recall/shared/queue';
import type { Express, RequestHandler } from 'express';

/** Where the queue UI is mounted. */
export const boardPath = '/queues';

/** Its page carries a style and style attributes of its own; nothing comes from elsewhere. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** bull-board over the queues. It has no authentication of its own: mount it behind ours. */
export function createBoard(queues: readonly { queue: Queue; description: string }[], log: Log): RequestHandler {
  const adapter = new ExpressAdapter();
  adapter.setBasePath(boardPath);
  createBullBoard({
    queues: queues.map(({ queue, description }) => new BullMQAdapter(queue, { description })),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'chat-recall queues' } },
  });
  // Its own would tell a client whatever was thrown.
  adapter.setErrorHandler((error) => {
    if (isClientFault(error)) return errorResponse(400, 'ERRORS.INVALID_REQUEST_BODY');
    log.error({ err: error }, 'the queue UI failed');
    return errorResponse(500, 'ERRORS.INTERNAL_SERVER_ERROR');
  });
  const app = adapter.getRouter() as Express;
  app.disable('x-powered-by');
  withoutForeignLinks(app);
  return (request, response, next) => {
    response.setHeader('content-security-policy', contentSecurityPolicy);
    request.url = request.url.replace(formerRetry, '$1');
    app(request, response, next);
  };
}

/** Its page asks Google for fonts, which the policy forbids: every opening would log an error in the browser. */
function withoutForeignLinks(app: Express): void {
  const render = app.render.bind(app);
  app.render = (name: string, options: object | ((error: Error, html: string) => void), done?: Rendered) => {
    render(name, options, (error, html) => done?.(error, html?.replaceAll(foreignLink, '')));
  };
}

type Rendered = (error: Error, html: string) => void;

const foreignLink = /[ \t]*<link [^>]*href="https?:[^>]*>\n?/gu;

/** In earlier bull-boards the path of a job's retry ended in its state; scripts that have it keep working. */
const formerRetry = /^(\/api\/queues\/[^/?]+\/[^/?]+\/retry)\/(?:failed|completed)(?=\?|$)/u;

/** What the body parser, the router and the database say of a request that makes no sense. */
function isClientFault(error: Error): boolean {
  const { statusCode } = error as { statusCode?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return true;
  return isRefusedData(error) || error instanceof URIError;
}

/** The shape that its pages expect; @bull-board/api does not export its own function. */
function errorResponse(status: 400 | 500, key: 'ERRORS.INVALID_REQUEST_BODY' | 'ERRORS.INTERNAL_SERVER_ERROR') {
  return { status, body: { error: { key } } };
}
