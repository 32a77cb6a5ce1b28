import type { RequestHandler } from 'express';
import { cameSecurely } from '../auth/cookies.ts';

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
/** For a year: browsers then come by https alone. Of no use, and not allowed, over http. */
const overHttps = new Map([...headers, ['strict-transport-security', 'max-age=31536000; includeSubDomains']]);

export const securityHeaders: RequestHandler = (request, response, next) => {
  response.setHeaders(cameSecurely(request.headers) ? overHttps : headers);
  next();
};
