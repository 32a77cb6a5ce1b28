import { isRefusedData } from '@chat-recall/shared/db';
import { codeOf, isRecallError, messageOf, type ErrorCode, type FieldFault } from '@chat-recall/shared/errors';

/** The status and title of every code there is: the one table between errors and HTTP. */
const table = {
  malformed_request: [400, 'Not a request'],
  malformed_body: [400, 'The body cannot be read'],
  unauthenticated: [401, 'A token is needed'],
  forbidden: [403, 'Not allowed'],
  csrf: [403, 'Not shown to come from the console'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Not a method of this resource'],
  not_acceptable: [406, 'No such representation'],
  request_timeout: [408, 'The request took too long'],
  conflict: [409, 'Conflict'],
  plan_drift: [409, 'The selector now matches other messages than when its plan was frozen'],
  too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'Not a media type that is read here'],
  invalid_request: [422, 'The request is not valid'],
  too_many_attempts: [429, 'Too many attempts'],
  headers_too_large: [431, 'The headers are too large'],
  internal: [500, 'Internal error'],
  query_timeout: [503, 'The query takes too long'],
  unavailable: [503, 'Not available now'],
  migrations_missing: [503, 'The database is not at the version of this program'],
} as const satisfies Readonly<Record<ErrorCode | HttpCode, readonly [number, string]>>;

type HttpCode =
  | 'malformed_request'
  | 'malformed_body'
  | 'csrf'
  | 'request_timeout'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'plan_drift'
  | 'too_large'
  | 'unsupported_media_type'
  | 'too_many_attempts'
  | 'headers_too_large'
  | 'internal'
  | 'query_timeout';

/** Stable: clients may switch on them. */
export type ProblemCode = keyof typeof table;

export const problemCodes = Object.keys(table) as ProblemCode[];

export function statusOf(code: ProblemCode): number {
  return table[code][0];
}

/** A refusal that HTTP itself brings about; what the domain refuses is a RecallError. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Members of the problem beside the usual ones. */
  readonly more: Pick<Problem, 'drift'>;

  constructor(code: ProblemCode, message: string, headers: Refusal['headers'] = {}, more: Refusal['more'] = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
    this.more = more;
  }
}

/** The body of a refusal (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly requestId: string;
  readonly errors: readonly FieldFault[];
  /** With `plan_drift`: how many messages matched when the plan was frozen, and how many do now. */
  readonly drift?: { readonly frozen: number; readonly now: number };
}

/** Faults that one answer lists: a body of 2 MB can have a million. */
const listedFaults = 1_000;
const longestPath = 200;

export function problemFrom(
  code: ProblemCode,
  detail: string,
  requestId: string,
  faults: readonly FieldFault[] = [],
): Problem {
  const [status, title] = table[code];
  return {
    type: `urn:chat-recall:problem:${code}`,
    title,
    status,
    detail,
    code,
    requestId,
    errors: faults.slice(0, listedFaults).map(shortened),
  };
}

/** What is told of anything that was thrown, in Chinese where that is asked for and there are words. What was not meant for whoever asked is `internal`, without its words. */
export function problemOf(error: unknown, requestId: string, language: 'en' | 'zh' = 'en'): Problem {
  if (error instanceof Refusal) return { ...problemFrom(error.code, error.message, requestId), ...error.more };
  if (isRecallError(error)) {
    const words = language === 'zh' ? (error.zh ?? error.message) : error.message;
    const detail = error.faults.length === 0 ? words : summary(error.faults);
    return problemFrom(error.code, detail, requestId, error.faults);
  }
  // A path whose escapes are no UTF-8.
  if (error instanceof URIError) return problemFrom('not_found', 'there is nothing under this path', requestId);
  const code = codeOf(error) ?? '';
  if (code === '57014') {
    const detail =
      'the database took too long; narrow the question: a sender, a keyword of two characters or more, a shorter window';
    return problemFrom('query_timeout', detail, requestId);
  }
  // What the schemas let through and the database still refuses is a fault of the request all the same.
  if (isRefusedData(error))
    return problemFrom('invalid_request', 'a value is not one that the database can hold', requestId);
  if (isConnectionTrouble(code, messageOf(error))) {
    return problemFrom('unavailable', 'the database does not answer; try again in a moment', requestId);
  }
  return problemFrom('internal', `something went wrong here; the log tells more under ${requestId}`, requestId);
}

/** Connection exceptions (08), resources (53), shutting down or starting (57P), and what Node says of sockets. */
function isConnectionTrouble(code: string, message: string): boolean {
  return (
    /^(?:08...|53...|57P0[1-5]|ECONN(?:REFUSED|RESET|ABORTED)|E(?:PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH))$/u.test(
      code,
    ) ||
    // pg and its pool give these no code.
    /^(?:timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/u.test(
      message,
    )
  );
}

function summary(faults: readonly FieldFault[]): string {
  const [only] = faults;
  if (faults.length === 1 && only !== undefined) return inWords(shortened(only));
  const listed = faults.length > listedFaults ? `; the first ${listedFaults} are listed` : '';
  return `${faults.length} faults${listed}`;
}

function inWords({ path, message }: FieldFault): string {
  return path === '' ? message : `${path} ${message}`;
}

function shortened({ path, message }: FieldFault): FieldFault {
  return { path: path.length > longestPath ? `${path.slice(0, longestPath)}…` : path, message };
}
