import fc from 'fast-check';
import { document } from '../documented.ts';
import { hostileText, rawBodies } from './hostile.ts';
import { validBy, type Schema } from './schemas.ts';
import { spoiled } from './spoil.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: Schema;
}

/** An operation as the document has it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** Whether it asks for a token or session. */
  readonly guarded: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly required: boolean; readonly schema: Schema } | null;
  /** What it answers with, and with which media types when it succeeds. */
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, there]) =>
  Object.entries(there).map(([method, operation]) => {
    const { operationId, responses, ...rest } = operation;
    const { security, parameters, requestBody } = rest as {
      security?: readonly object[];
      parameters?: readonly Parameter[];
      requestBody?: { required: boolean; content: Readonly<Record<string, { schema: Schema }>> };
    };
    return {
      id: operationId,
      method: method.toUpperCase(),
      path,
      guarded: security?.length !== 0,
      parameters: parameters ?? [],
      body:
        requestBody === undefined
          ? null
          : { required: requestBody.required, schema: requestBody.content['application/json']?.schema ?? {} },
      responses,
    };
  }),
);

export type Identity = 'admin' | 'viewer' | 'moderator' | 'approver' | 'session' | 'no proof' | 'wrong' | 'none';

/** A value in a query: text, or what is no UTF-8 when decoded. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** One request to an operation, in parts that can be judged. */
export interface Case {
  readonly as: Identity;
  /** Another one than the operation has, if it is not its own. */
  readonly method: string;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly Pair[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'json'; readonly value: unknown; readonly type: string }
    | { readonly kind: 'raw'; readonly bytes: string | Buffer; readonly type: string };
}

const identity = fc.oneof(
  { weight: 14, arbitrary: fc.constant<Identity>('admin') },
  { weight: 1, arbitrary: fc.constantFrom<Identity>('viewer', 'moderator', 'approver') },
  { weight: 2, arbitrary: fc.constantFrom<Identity>('session', 'no proof', 'wrong', 'none') },
);
const jsonTypes = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'application/x+json'];
const otherTypes = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'json', ''];

/** Requests to an operation: most of them have one thing wrong, many none. */
export function casesOf(operation: Operation, words: readonly string[]): fc.Arbitrary<Case> {
  return fc.record({
    as: identity,
    method: fc.oneof(
      { weight: 25, arbitrary: fc.constant(operation.method) },
      fc.constantFrom(...(operation.method === 'GET' ? ['HEAD', 'OPTIONS'] : []), 'PUT', 'PATCH', 'PROPFIND', 'DELETE'),
    ),
    path: pathOf(operation, words),
    query: queryOf(operation, words),
    headers: headersOf(operation, words),
    body: bodyOf(operation, words),
  });
}

function pathOf({ parameters }: Operation, words: readonly string[]): fc.Arbitrary<Readonly<Record<string, string>>> {
  const named = parameters.filter((parameter) => parameter.in === 'path');
  return fc.record(
    Object.fromEntries(
      named.map(({ name, schema }) => [
        name,
        fc.oneof(
          { weight: 5, arbitrary: validBy(schema, words).map(String) },
          { weight: 1, arbitrary: hostileText.filter((text) => text !== '' && text.length < 2_000) },
        ),
      ]),
    ),
  );
}

function queryOf({ parameters }: Operation, words: readonly string[]): fc.Arbitrary<readonly Pair[]> {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const valid = known.map(({ name, schema }) =>
    fc.option(validBy(schema, words), { freq: 2, nil: undefined }).map((value) => pairsOf(name, value)),
  );
  // A path and its headers have 16 KB.
  const short = hostileText.filter(({ length }) => length < 400);
  const odd =
    known.length === 0
      ? fc.constant<Pair[]>([])
      : fc.tuple(fc.constantFrom(...known.map(({ name }) => name)), short).map(([name, value]) => [{ name, value }]);
  const foreign = fc.tuple(short, short).map(([name, value]) => [{ name, value }]);
  const extra = fc.oneof(
    { weight: 8, arbitrary: fc.constant<Pair[]>([]) },
    { weight: known.length === 0 ? 0 : 6, arbitrary: odd },
    { weight: 1, arbitrary: foreign },
  );
  return fc.tuple(fc.tuple(...valid), extra, fc.boolean()).map(([pairs, more, replaces]) => {
    const names = new Set(replaces ? more.map(({ name }) => name) : []);
    return [...pairs.flat().filter(({ name }) => !names.has(name)), ...more];
  });
}

function pairsOf(name: string, value: unknown): Pair[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one) }));
}

function headersOf({ parameters, responses }: Operation, words: readonly string[]) {
  const known = parameters.filter((parameter) => parameter.in === 'header');
  const types = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    status.startsWith('2') ? Object.keys(content) : [],
  );
  // What node:http lets through: no control characters, one byte each.
  const sendable = hostileText.filter((text) => /^[\t -~\u0080-\u00ff]*$/u.test(text) && text.length < 400);
  return fc.record(
    {
      ...Object.fromEntries(
        known.map(({ name, schema }) => [
          name,
          fc.oneof({ weight: 3, arbitrary: validBy(schema, words).map(String).filter(isSendable) }, sendable),
        ]),
      ),
      accept: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('*/*', ...types) },
        fc.constantFrom('text/html', 'application/*', 'application/json;q=0', ', ;q=x', '*/*;q=0.1, text/csv'),
      ),
    },
    { requiredKeys: [] },
  );
}

function isSendable(text: string): boolean {
  return /^[\t -~\u0080-\u00ff]*$/u.test(text);
}

function bodyOf({ body }: Operation, words: readonly string[]): fc.Arbitrary<Case['body']> {
  const none = fc.constant<Case['body']>({ kind: 'none' });
  const raw = fc
    .tuple(fc.constantFrom(...rawBodies), fc.constantFrom(...jsonTypes, ...otherTypes))
    .map(([bytes, type]): Case['body'] => ({ kind: 'raw', bytes, type }));
  // What an operation without a body gets of one is passed over.
  if (body === null) return fc.oneof({ weight: 12, arbitrary: none }, { weight: 1, arbitrary: raw });
  const valid = validBy(body.schema, words);
  const type = fc.oneof(
    { weight: 15, arbitrary: fc.constantFrom(...jsonTypes) },
    { weight: 1, arbitrary: fc.constantFrom(...otherTypes) },
  );
  const value = fc.oneof({ weight: 2, arbitrary: valid }, { weight: 3, arbitrary: spoiled(body.schema, valid) });
  return fc.oneof(
    { weight: 12, arbitrary: fc.tuple(value, type).map(([given, as]) => ({ kind: 'json', value: given, type: as })) },
    { weight: 1, arbitrary: none },
    { weight: 2, arbitrary: raw },
  ) as fc.Arbitrary<Case['body']>;
}
