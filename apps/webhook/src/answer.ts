import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusals.ts';

/** A string, not a Buffer: Node sends it together with the head, in one piece. */
const ok = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';
const okHeaders = { 'Content-Type': 'application/json', 'Content-Length': ok.length };

/** All three fields are required of an answer (intl 34375). */
export function answerOk(response: ServerResponse): void {
  response.writeHead(200, okHeaders);
  response.end(ok);
}

/** The FAIL envelope. */
export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  const body = Buffer.from(
    JSON.stringify({ ActionStatus: 'FAIL', ErrorInfo: refusal.message, ErrorCode: refusal.code }),
  );
  response.writeHead(refusal.status, {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...(refusal.status === 405 && { Allow: 'POST' }),
  });
  response.end(body);
}
