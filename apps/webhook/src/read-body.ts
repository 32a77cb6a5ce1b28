import type { IncomingMessage } from 'node:http';

/** What is thrown away of a refused body before the connection is cut, bytes. */
const discardedBytes = 16 * 1024 * 1024;

export interface BodyReader {
  /** The largest body that is read, bytes. */
  readonly maxBytes: number;
  /** Reads a body; says so as soon as it is too large, when there is no room for it, or when the sender broke off. */
  read(request: IncomingMessage): Promise<Buffer | 'too_large' | 'no_room' | 'broken_off'>;
}

/**
 * Reads bodies into memory.
 *
 * @param limits.bodyBytes of one
 * @param limits.allBytes of all that are on their way at once: thousands of slow senders must not fill the memory
 */
export function createBodyReader({ bodyBytes, allBytes }: { bodyBytes: number; allBytes: number }): BodyReader {
  let held = 0;
  return {
    maxBytes: bodyBytes,
    read(request) {
      return new Promise((resolve) => {
        let first: Buffer | undefined;
        let more: Buffer[] | undefined;
        let length = 0;
        let over = false;
        function end(result: Buffer | 'too_large' | 'no_room' | 'broken_off'): void {
          if (over) return;
          over = true;
          held -= length;
          first = more = undefined;
          resolve(result);
        }
        request.on('data', (chunk: Buffer) => {
          if (over) return;
          length += chunk.length;
          held += chunk.length;
          if (length > bodyBytes) end('too_large');
          else if (held > allBytes) end('no_room');
          else if (first === undefined) first = chunk;
          else (more ??= [first]).push(chunk);
        });
        request.on('end', () => end(more === undefined ? (first ?? Buffer.alloc(0)) : Buffer.concat(more)));
        request.on('close', () => end('broken_off'));
        request.on('error', () => end('broken_off'));
      });
    },
  };
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
