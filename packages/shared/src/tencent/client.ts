import { randomInt } from 'node:crypto';
import { DecoratorHandler, Pool, type Dispatcher } from 'undici';
import { z } from 'zod';
import { codeOf } from '../errors/index.ts';
import { meaningOf } from './codes.ts';
import { parseJson } from './lenient.ts';
import { quoteWholeNumbers } from './quote-whole-numbers.ts';
import { createUserSigs } from './user-sig.ts';

/** What became of one call. */
export type CallResult<T> =
  /** An envelope came: `errorCode` 0 or the platform's refusal. */
  | { readonly kind: 'answered'; readonly errorCode: number; readonly httpStatus: number; readonly body: T }
  /** It may have taken effect, and nobody said: time-out, reset, HTTP 5xx, no JSON. */
  | { readonly kind: 'lost'; readonly httpStatus: number | null; readonly cause: string }
  /** It surely had no effect: no connection could be made, or something before the app said HTTP 4xx. */
  | { readonly kind: 'not_sent'; readonly httpStatus: number | null; readonly cause: string };

/**
 * Waits until a call may be made; taken for every HTTP attempt, that with a renewed signature included. When it rejects
 * before that one, the call has had no effect and is not made again.
 */
export type Gate = () => Promise<void>;

export interface TencentClient {
  /**
   * Posts to `/v4/{path}`; never throws for what the platform or the network does. A `body` that is text is JSON
   * already. `exact` names fields whose whole numbers may pass 2^53: the schema meets them as strings of digits. What
   * has to wait longer than `leavesWithinMs` for its connection is not sent; by default it may take the whole time-out.
   */
  post<T>(
    path: string,
    body: object | string,
    schema: z.ZodType<T>,
    gate: Gate,
    options?: { readonly exact?: readonly string[]; readonly leavesWithinMs?: number },
  ): Promise<CallResult<T>>;
  close(): Promise<void>;
}

export interface TencentClientOptions {
  readonly apiUrl: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly identifier: string;
  /** How long an answer may take, ms; above 3,000, the platform's own time-out (intl 34620). */
  readonly timeoutMs: number;
  /** Connections kept open at most. */
  readonly connections?: number;
}

const envelope = z.looseObject({ ErrorCode: z.int() });
/** Answers are at most 1 MB (10018). */
const maxAnswerBytes = 2 * 1024 * 1024;

/** Codes of errors by which a request never left. */
const notSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CONNECTED_TOO_LATE',
]);

/** Ends a request that gets its connection too late, before anything of it is written; the connection is kept. */
function leavingWithin(ms: number): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (request, handler) => {
    const until = performance.now() + ms;
    const through: Dispatcher.DispatchHandler = new DecoratorHandler(handler);
    const start = through.onRequestStart?.bind(through);
    through.onRequestStart = (controller, context) => {
      if (performance.now() > until) throw Object.assign(new Error('late'), { code: 'CONNECTED_TOO_LATE' });
      start?.(controller, context);
    };
    return dispatch(request, through);
  };
}

/**
 * The REST API (intl 34620) over kept-alive connections. The URL of a request holds the UserSig: it is
 * never part of an error or a result.
 */
export function createTencentClient(options: TencentClientOptions): TencentClient {
  const base = new URL(options.apiUrl);
  const pool = new Pool(base.origin, {
    connections: options.connections ?? 128,
    pipelining: 1,
    connect: { timeout: options.timeoutMs },
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    keepAliveTimeout: 30_000,
  });
  const sigs = createUserSigs(options);
  const prefix = base.pathname.replace(/\/$/u, '');

  async function once(
    path: string,
    body: string,
    sig: string,
    { exact = [], leavesWithinMs }: { exact?: readonly string[]; leavesWithinMs?: number },
  ): Promise<CallResult<unknown>> {
    const query = new URLSearchParams({
      sdkappid: String(options.sdkAppId),
      identifier: options.identifier,
      usersig: sig,
      random: String(randomInt(0, 2 ** 32)),
      contenttype: 'json',
    });
    let response: Dispatcher.ResponseData;
    let text: string;
    try {
      const dispatcher = leavesWithinMs === undefined ? pool : pool.compose(leavingWithin(leavesWithinMs));
      response = await dispatcher.request({
        method: 'POST',
        path: `${prefix}/v4/${path}?${query.toString()}`,
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(options.timeoutMs),
      });
      text = await readLimited(response.body);
    } catch (error) {
      const cause = causeOf(error);
      return { kind: notSent.has(cause) ? 'not_sent' : 'lost', httpStatus: null, cause };
    }
    const httpStatus = response.statusCode;
    const answer = envelope.safeParse(parseJson(quoteWholeNumbers(text, exact)));
    if (httpStatus >= 500 || !answer.success) {
      const kind = httpStatus >= 400 && httpStatus < 500 ? 'not_sent' : 'lost';
      return { kind, httpStatus, cause: `HTTP ${httpStatus} without an envelope` };
    }
    return { kind: 'answered', errorCode: answer.data.ErrorCode, httpStatus, body: answer.data };
  }

  return {
    async post(path, body, schema, gate, how = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      let sig = sigs.current();
      await gate();
      let result = await once(path, text, sig, how);
      if (result.kind === 'answered' && meaningOf(result.errorCode).class === 'signature') {
        sigs.renew(sig);
        sig = sigs.current();
        try {
          await gate();
        } catch {
          return { kind: 'not_sent', httpStatus: null, cause: 'refused for its signature, and not called again' };
        }
        result = await once(path, text, sig, how);
      }
      if (result.kind !== 'answered') return result;
      const parsed = schema.safeParse(result.body);
      if (parsed.success) return { ...result, body: parsed.data };
      return otherShape(result.httpStatus);
    },
    close: () => pool.close(),
  };
}

/** An answer came, and it cannot be understood. */
export function otherShape(httpStatus: number): CallResult<never> {
  return { kind: 'lost', httpStatus, cause: 'an answer of another shape than documented' };
}

async function readLimited(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > maxAnswerBytes) {
      body.destroy();
      throw Object.assign(new Error('the answer is too large'), { code: 'ANSWER_TOO_LARGE' });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function causeOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
}
