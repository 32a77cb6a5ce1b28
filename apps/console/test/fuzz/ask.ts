import { request, type Agent, type IncomingMessage } from 'node:http';
import type { Case, Operation } from './cases.ts';

export interface Told {
  readonly status: number;
  readonly type: string;
  readonly headers: IncomingMessage['headers'];
  /** Of a stream of events only the beginning. */
  readonly text: string;
}

/** Asks as it is written, without the help of `fetch`, which refuses half of it. */
export async function ask(
  url: string,
  agent: Agent,
  operation: Operation,
  asked: Case,
  identity: Readonly<Record<string, string>>,
): Promise<Told> {
  const { body } = asked;
  const bytes = body.kind === 'none' ? null : body.kind === 'json' ? JSON.stringify(body.value) : body.bytes;
  return new Promise((resolve, reject) => {
    const sent = request(
      url + urlOf(operation, asked),
      {
        method: asked.method,
        agent,
        headers: {
          ...asked.headers,
          ...identity,
          ...(body.kind === 'none' || body.type === '' ? {} : { 'content-type': body.type }),
          ...(bytes === null ? {} : { 'content-length': Buffer.byteLength(bytes) }),
        },
      },
      (response) => {
        const { statusCode: status = 0, headers } = response;
        const type = headers['content-type'] ?? '';
        let text = '';
        const done = (): void => resolve({ status, type, headers, text });
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
          // It would go on for minutes.
          if (!type.startsWith('text/event-stream')) return;
          response.destroy();
          done();
        });
        response.on('end', done);
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(bytes ?? undefined);
  });
}

export function urlOf({ path }: Operation, { path: values, query }: Case): string {
  const pathname = path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => percentEncoded(String(values[name])));
  const pairs = query.map(({ name, value }) => `${percentEncoded(name)}=${percentEncoded(value)}`);
  return pathname + (pairs.length === 0 ? '' : `?${pairs.join('&')}`);
}

/** As `encodeURIComponent`, and half characters as the three bytes that they would be, which is no UTF-8. */
function percentEncoded(text: string): string {
  return [...text]
    .map((character) => {
      if (character.isWellFormed()) return encodeURIComponent(character).replaceAll('.', '%2E');
      const unit = character.charCodeAt(0);
      const bytes = [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
      return bytes.map((byte) => `%${byte.toString(16).toUpperCase()}`).join('');
    })
    .join('');
}
