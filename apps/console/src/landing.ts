import type { RequestHandler } from 'express';
import { localsOf } from './http/locals.ts';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>chat-recall</title>
<h1>chat-recall</h1>
<p>Takes group messages of Tencent Cloud Chat back.</p>
<ul>
<li><a href="/queues">/queues</a>: the queues
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: the admin API; it wants <code>Authorization: Bearer</code> with the admin token
<li><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>
</ul>
`;

/** What stands at `/` until the web console does. */
export const landing: RequestHandler = (request, response, next) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') return next();
  localsOf(response).route = '/';
  response.setHeader('content-type', 'text/html; charset=utf-8');
  response.end(request.method === 'HEAD' ? undefined : page);
};
