import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer } from './answer.ts';
import type { Problem } from './problem.ts';

/**
 * Sends an answer. A stream's first chunk is made before the head goes out, so that what fails at once
 * is still told properly; what fails later breaks the connection off, and the client sees that the
 * answer is not whole.
 *
 * @param withBody false for HEAD
 */
export async function send(response: ServerResponse, answer: Answer, withBody: boolean): Promise<void> {
  if (answer.kind !== 'stream') {
    const type = answer.kind === 'json' ? { 'content-type': 'application/json; charset=utf-8' } : {};
    const text = answer.kind === 'json' ? JSON.stringify(answer.body) : answer.text;
    return sendText(response, answer.status, { ...type, ...answer.headers }, text, withBody);
  }
  if (!withBody) return sendText(response, answer.status, answer.headers, null, false);
  const chunks = answer.chunks[Symbol.asyncIterator]();
  const first = await chunks.next();
  response.writeHead(answer.status, answer.headers);
  await pipeline(Readable.from(beginningWith(first, chunks)), response);
}

/** Sends a refusal. */
export function sendProblem(
  response: ServerResponse,
  problem: Problem,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  withBody = true,
): Promise<void> {
  const retry = problem.status === 503 ? { 'retry-after': '5' } : {};
  const all = { 'content-type': 'application/problem+json; charset=utf-8', ...retry, ...headers };
  return sendText(response, problem.status, all, JSON.stringify(problem), withBody);
}

async function sendText(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | readonly string[]>>,
  text: string | null,
  withBody: boolean,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (text !== null) response.setHeader('content-length', Buffer.byteLength(text));
  response.writeHead(status);
  response.end(withBody ? text : undefined);
  if (!response.writableFinished && !response.destroyed) await Promise.race([once(response, 'finish'), once(response, 'close')]);
}

async function* beginningWith(first: IteratorResult<string>, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
