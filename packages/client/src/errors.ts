import type { Problem } from './generated/api.ts';

/** What is wrong with one field of a request. */
export type FieldFault = Problem['errors'][number];

/** The console refused a request (problem+json, RFC 9457). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Stable: `not_found`, `conflict`, `invalid_request`, `unauthenticated`, … */
  readonly code: string;
  readonly detail: string;
  /** Every fault of the request with its path, such as `selector.senders[0]`. */
  readonly errors: readonly FieldFault[];
  /** Under which the console's log tells more; null: it gave none. */
  readonly requestId: string | null;
  /** The whole refusal: some codes say more, as `plan_drift` does with `drift`. */
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Readonly<Record<string, unknown>>) {
    const text = (name: string): string | null => (typeof problem[name] === 'string' ? problem[name] : null);
    const detail = text('detail') ?? text('title') ?? `the answer was ${status}`;
    super(detail);
    this.status = status;
    this.code = text('code') ?? 'unknown';
    this.detail = detail;
    this.errors = (Array.isArray(problem['errors']) ? problem['errors'] : []) as readonly FieldFault[];
    this.requestId = text('requestId');
    this.problem = problem;
  }
}

/** No console answered: nobody listens there, no answer came in time, or something else answers. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  /** Where it was looked for. */
  readonly url: string;

  constructor(url: string, why: string, cause?: unknown) {
    super(`${url} cannot be reached: ${why}`, { cause });
    this.url = url;
  }
}

/** How deep Node hides the reason: fetch's error, its cause, a list of one error an address. */
const deepest = 5;

/** Why a request had no answer, in words. By form, not class: fetch's errors may be of another realm. */
export function whyUnreachable(error: unknown, timeoutMs: number): string {
  let why = 'the request failed';
  let at = error as Thrown | undefined;
  for (let depth = 0; at !== undefined && at !== null && depth < deepest; depth += 1) {
    if (at.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
    if (typeof at.message === 'string' && at.message !== '') why = at.message;
    at = Array.isArray(at.errors) ? (at.errors[0] as Thrown | undefined) : (at.cause as Thrown | undefined);
  }
  return why;
}

interface Thrown {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}
