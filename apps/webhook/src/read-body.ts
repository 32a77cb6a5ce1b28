import type { IncomingMessage } from 'node:http';

/** What is thrown away of a refused body before the connection is cut, bytes. */
const discardedBytes = 16 * 1024 * 1024;

/** Reads a body of up to `maxBytes`; says so as soon as it is larger, or when the sender broke off. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | 'too_large' | 'broken_off'> {
  return new Promise((resolve) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) {
        first = more = undefined;
        resolve('too_large');
      } else if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    request.on('end', () => resolve(more === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(more)));
    request.on('close', () => resolve('broken_off'));
    request.on('error', () => resolve('broken_off'));
  });
}

/**
 * Lets a refused request's body come in and forgets it, so that the answer is not lost in a reset and
 * the connection can be used again; cuts off whoever sends far too much. (The server's
 * `requestTimeout` ends the slow ones.)
 */
export function discardBody(request: IncomingMessage): void {
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > discardedBytes) request.socket.destroy();
  });
  request.on('error', () => {});
}
