import type { IncomingHttpHeaders } from 'node:http';
import { RecallError, type FieldFault } from '@chat-recall/shared/errors';
import { faultsOf } from '@chat-recall/shared/recalls';
import type { z } from 'zod';
import { readQuery, valueOf, type Parameter } from './parameters.ts';
import type { Request, Route } from './route.ts';

/** A request as HTTP gives it. */
export interface RawRequest {
  readonly params: Readonly<Record<string, unknown>>;
  /** What stands behind the question mark. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined: none was sent. */
  readonly body: unknown;
}

type Parsed = Pick<
  Request<z.ZodObject, Record<string, Parameter>, Record<string, z.ZodType>, z.ZodType>,
  'params' | 'query' | 'headers' | 'body'
>;

/**
 * Judges a request by the schemas of its route.
 *
 * @throws RecallError `not_found` for a path that names nothing, else `invalid_request` with every fault of
 * query, headers and body at once
 */
export function parseRequest(route: Route, raw: RawRequest): Parsed {
  const params = route.params?.safeParse(raw.params);
  if (params?.success === false) {
    throw new RecallError(
      'not_found',
      `there is nothing under ${Object.values(raw.params).map(String).join('/').slice(0, 100)}`,
    );
  }
  const faults: FieldFault[] = [];
  const query = parseQuery(route, raw.query, faults);
  const headers: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(route.headers ?? {})) {
    headers[name] = judge(schema, raw.headers[name.toLowerCase()], name, faults);
  }
  const body = route.body === undefined ? undefined : judge(route.body, raw.body, '', faults);
  if (faults.length > 0) throw new RecallError('invalid_request', 'the request is not valid', faults);
  return { params: params?.data ?? {}, query, headers, body };
}

function parseQuery(route: Route, text: string, faults: FieldFault[]): Record<string, unknown> {
  const known = route.query ?? {};
  const { values, faults: undecodable } = readQuery(text);
  faults.push(...undecodable);
  for (const name of values.keys()) {
    if (!Object.hasOwn(known, name)) faults.push({ path: name, message: 'is not a known parameter' });
  }
  const query: Record<string, unknown> = {};
  for (const [name, { given, schema }] of Object.entries(known)) {
    const value = valueOf(given, values.get(name));
    if (value === 'several') faults.push({ path: name, message: 'must be given once' });
    else query[name] = judge(schema, value.value, name, faults);
  }
  return query;
}

/** What the schema makes of a value; its faults go to the others, their paths below `at`. */
function judge(schema: z.ZodType, value: unknown, at: string, faults: FieldFault[]): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  // The only value of a list is the parameter itself.
  const single = Array.isArray(value) && value.length === 1 && at !== '';
  for (const { path, message } of faultsOf(parsed.error)) {
    faults.push({ path: `${at}${single ? path.replace('[0]', '') : path}`, message });
  }
  return undefined;
}
