/** The project's errors carry a code; each edge (HTTP, callback, queue) maps codes with a table of its own. */
export type ErrorCode =
  | 'invalid_request'
  | 'not_found'
  | 'conflict'
  | 'unauthenticated'
  | 'forbidden'
  | 'unavailable'
  | 'migrations_missing';

/** One fault of an input: where it is and what was expected there. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

/** An error meant for whoever asked: its message and faults may be shown, and hold no secret. */
export class RecallError extends Error {
  override readonly name = 'RecallError';
  readonly code: ErrorCode;
  readonly faults: readonly FieldFault[];
  /** The message in Chinese, where people are shown it. */
  readonly zh: string | undefined;

  constructor(code: ErrorCode, message: string, faults: readonly FieldFault[] = [], zh?: string) {
    super(message);
    this.code = code;
    this.faults = faults;
    this.zh = zh;
  }
}

/** Narrows to a RecallError, of one code if given. */
export function isRecallError(error: unknown, code?: ErrorCode): error is RecallError {
  return error instanceof RecallError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** The `code` that Node, pg and undici put on their errors. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : codeOf(cause);
}

/** All that is wrong with a configuration, at once. Its lines hold names and rules, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} ${problems.length === 1 ? 'fault' : 'faults'}`);
    this.problems = problems;
  }
}
