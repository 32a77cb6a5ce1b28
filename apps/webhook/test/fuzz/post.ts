import { Agent, request } from 'node:http';
import { appId, signOf, token } from '../receiver-at-work.ts';
import type { Case } from './cases.ts';

/** No answer by then counts as none, ms: far above what a busy machine needs. */
const answeredWithinMs = 10_000;

export interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly body: string;
}

/** Posts cases over persistent connections. */
export interface Poster {
  /** Never rejects. */
  post(made: Case): Promise<Answer>;
  close(): void;
}

export function createPoster(url: string, connections: number): Poster {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port, pathname } = new URL(url);
  return {
    post: (made) =>
      new Promise((resolve) => {
        const { method, headers, bytes, chunked } = made;
        const length = chunked || method === 'GET' ? {} : { 'content-length': bytes.length };
        const outgoing = request({
          agent,
          hostname,
          port,
          method,
          path: `${pathname}?${queryOf(made)}`,
          headers: {
            ...headers,
            ...length,
          },
          timeout: answeredWithinMs,
        });
        outgoing.on('response', (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
          response.on('error', (error) => resolve({ status: 0, body: String(error) }));
        });
        outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
        outgoing.on('error', (error) => resolve({ status: 0, body: String(error) }));
        outgoing.end(method === 'GET' ? undefined : bytes);
      }),
    close: () => agent.destroy(),
  };
}

function queryOf({ access, command }: Case): string {
  const now = Math.floor(Date.now() / 1000);
  const time = String(access === 'stale' ? now - 3_600 : now);
  const sign = access === 'forged' ? '0'.repeat(64) : signOf(token, time);
  const query = [
    `SdkAppid=${access === 'foreign' ? appId + 1 : appId}`,
    ...(access === 'commandless' ? [] : [`CallbackCommand=${encodeURIComponent(command)}`]),
    'contenttype=json',
    ...(access === 'unsigned' ? [] : [`Sign=${sign}`, `RequestTime=${time}`]),
  ].join('&');
  // Of a parameter that comes twice the first counts, and what nobody knows is passed over.
  return access === 'noisy' ? `&&=x&${query}&Sign=x&SdkAppid=1&ClientIP=%zz&x` : query;
}
