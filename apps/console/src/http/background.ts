import type { Request } from 'express';

/**
 * Whether a page asks by itself, without its person doing anything: such requests do not keep a session
 * from going idle. Our pages say so with `X-Background: 1`. Browsers open a stream of events again by
 * themselves and cannot add a header to it. The queue UI asks for its queues every few seconds; that it
 * is opened, and what is done in it, is the person's.
 */
export function asksByItself({ method, headers, baseUrl, path }: Request): boolean {
  return (
    headers['x-background'] === '1' ||
    headers.accept?.includes('text/event-stream') === true ||
    (method === 'GET' && `${baseUrl}${path}`.startsWith('/queues/api/'))
  );
}
