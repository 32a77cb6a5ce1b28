import type { RequestHandler } from 'express';

/** Nothing here is to be kept, framed, sniffed or read by other sites. */
const headers = new Map([
  ['cache-control', 'no-store'],
  ['content-security-policy', "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), geolocation=(), microphone=()'],
  ['referrer-policy', 'no-referrer'],
  ['x-content-type-options', 'nosniff'],
]);

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.setHeaders(headers);
  next();
};
