import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';
import type { Problem } from './problem.ts';

type Headers = Readonly<Record<string, string | readonly string[]>>;

/**
 * Sends an answer. A stream's first chunk is made before the head goes out, so that what fails at once
 * is still told properly; what fails later breaks the connection off, and the client sees that the
 * answer is not whole.
 *
 * @param withBody false for HEAD
 */
export async function send(response: ServerResponse, answer: Answer, withBody: boolean): Promise<void> {
  switch (answer.kind) {
    case 'json': {
      const headers = { 'content-type': 'application/json; charset=utf-8', ...answer.headers };
      return sendText(response, answer.status, headers, JSON.stringify(answer.body), withBody);
    }
    case 'text':
      return sendText(response, answer.status, answer.headers, answer.text, withBody);
    case 'empty':
      return void response.writeHead(answer.status, answer.headers).end();
    case 'stream': {
      if (!withBody) return void response.writeHead(answer.status, answer.headers).end();
      const chunks = answer.chunks[Symbol.asyncIterator]();
      const first = await chunks.next();
      response.writeHead(answer.status, answer.headers);
      await pipeline(Readable.from(beginningWith(first, chunks)), response);
    }
  }
}

/** Sends a refusal. */
export function sendProblem(response: ServerResponse, problem: Problem, headers: Headers, withBody: boolean): void {
  const retry = problem.status === 503 ? { 'retry-after': '5' } : {};
  const all = { 'content-type': 'application/problem+json; charset=utf-8', ...retry, ...headers };
  sendText(response, problem.status, all, JSON.stringify(problem), withBody);
}

function sendText(response: ServerResponse, status: number, headers: Headers, text: string, withBody: boolean): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-length', Buffer.byteLength(text));
  response.writeHead(status).end(withBody ? text : undefined);
}

async function* beginningWith(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
