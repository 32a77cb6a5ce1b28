import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { negotiate } from '../http/accept.ts';
import { localsOf } from '../http/locals.ts';
import type { BuiltUi, UiFile } from './built-ui.ts';

/** What is the API's, the queue UI's or a machine's is never a page. */
const notPages = /^\/(?:api|queues|assets|healthz|readyz|metrics)(?:\/|$)/u;

/**
 * Nothing from elsewhere, no inline script, and of styles only our sheets and the elements that bear
 * the nonce: Mantine writes its theme into one. Style attributes are set through the DOM, which needs
 * no leave. The queue UI stands in a frame of the same origin.
 */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Serves the web console: its files, and its page for `/` and for every other path that a browser asks
 * for as a page, since the page has paths of its own. Everything else goes on to the next handler.
 */
export function serveUi({ page, files }: BuiltUi): RequestHandler {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const file = files.get(request.path);
    if (file !== undefined) return sendFile(file, request, response);
    if (request.path !== '/' && (notPages.test(request.path) || !asksForPage(request))) return next();
    sendPage(page, request, response);
  };
}

/** Whether the `Accept` header names HTML: programs, which take anything, are told of a path that is none. */
function asksForPage({ headers: { accept = '' } }: Request): boolean {
  return accept.toLowerCase().includes('text/html') && negotiate(accept, ['text/html']) !== null;
}

function sendPage(page: string, { method }: Request, response: Response): void {
  localsOf(response).route = '/';
  const nonce = randomBytes(18).toString('base64');
  response.setHeader('content-security-policy', contentSecurityPolicy(nonce));
  response.setHeader('content-type', 'text/html; charset=utf-8');
  const body = Buffer.from(page.replaceAll('__CSP_NONCE__', nonce));
  response.setHeader('content-length', body.length);
  response.end(method === 'HEAD' ? undefined : body);
}

function sendFile(file: UiFile, { method, path, headers }: Request, response: Response): void {
  localsOf(response).route = '/assets';
  // The names hold a hash of the content: a new build has new names.
  const forGood = path.startsWith('/assets/');
  response.setHeader('cache-control', forGood ? 'public, max-age=31536000, immutable' : 'public, max-age=3600');
  response.setHeader('content-type', file.type);
  response.setHeader('vary', 'accept-encoding');
  const zipped = /\bgzip\b/u.test(headers['accept-encoding'] ?? '');
  if (zipped) response.setHeader('content-encoding', 'gzip');
  const body = zipped ? file.gzipped : file.plain;
  response.setHeader('content-length', body.length);
  response.end(method === 'HEAD' ? undefined : body);
}
