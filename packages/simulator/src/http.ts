import type { IncomingMessage, ServerResponse } from 'node:http';

const mostBodyBytes = 16 * 1024 * 1024;

/** The whole body; undefined when the client went away, or when it is over 16 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBodyBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
}

export function respond(response: ServerResponse, status: number, type: string, content: string | Buffer): void {
  const body = typeof content === 'string' ? Buffer.from(content) : content;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

export function respondJson(response: ServerResponse, status: number, value: unknown): void {
  respond(response, status, 'application/json', JSON.stringify(value));
}
