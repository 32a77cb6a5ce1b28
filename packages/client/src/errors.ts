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

/** Why a request had no answer, in words. Node hides the reason in causes and in lists of them. */
export function whyUnreachable(error: unknown, timeoutMs: number): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`;
    const inner: unknown = at instanceof AggregateError ? at.errors[0] : at.cause;
    if (inner === undefined) return at.message;
    at = inner;
  }
  return 'the request failed';
}
