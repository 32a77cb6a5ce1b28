/** One fault of a request, as the API tells it. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Why a request did not succeed: what the API answered, or `offline` when no answer came. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly faults: readonly Fault[];
  /** With `plan_drift`: matches when the plan was frozen, and now. */
  readonly drift: { readonly frozen: number; readonly now: number } | null;

  constructor(body: {
    status: number;
    code: string;
    detail: string;
    errors?: readonly Fault[];
    drift?: { frozen: number; now: number } | null;
  }) {
    super(body.detail);
    this.status = body.status;
    this.code = body.code;
    this.faults = body.errors ?? [];
    this.drift = body.drift ?? null;
  }
}

export function offline(): Problem {
  return new Problem({ status: 0, code: 'offline', detail: 'no answer' });
}

/** A failed answer as a Problem, also when something between us and the console made it up. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === 'object' && body !== null && 'code' in body && 'detail' in body) {
    return new Problem({ ...(body as { code: string; detail: string }), status: response.status });
  }
  return new Problem({ status: response.status, code: `http_${response.status}`, detail: response.statusText });
}

/** The first fault of each field, by the path that `fieldOf` makes of the API's path. */
export function faultsByField(error: unknown, fieldOf: (path: string) => string): Readonly<Record<string, Fault>> {
  const found: Record<string, Fault> = {};
  if (error instanceof Problem) for (const fault of error.faults) found[fieldOf(fault.path)] ??= fault;
  return found;
}
