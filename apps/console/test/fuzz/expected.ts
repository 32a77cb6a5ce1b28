import { faultsBy, faultyPlacesBy } from '../documented.ts';
import type { Case, Identity, Operation, Parameter } from './cases.ts';

/** What an answer must be, as far as the document tells. */
export type Expected =
  /** A refusal with this code; of an invalid request, with these places named: the names of parameters, paths into the body. */
  | { readonly kind: 'refused'; readonly code: string; readonly places: readonly (readonly string[])[] }
  /** Nothing is wrong with its form. */
  | { readonly kind: 'well formed' }
  /** Whatever is documented. */
  | { readonly kind: 'any' };

const refused = (code: string, places: readonly (readonly string[])[] = []): Expected => ({
  kind: 'refused',
  code,
  places,
});

/** Judges a request by the document alone, in the order in which the console looks at it. */
export function expectedOf(operation: Operation, all: readonly Operation[], asked: Case): Expected {
  const { path } = operation;
  const method = asked.method === 'HEAD' ? 'GET' : asked.method;
  const meant = all.find((other) => other.path === path && other.method === method);
  if (meant?.guarded ?? path.startsWith('/api/')) {
    const early = refusedEarly(asked.as, asked.method);
    if (early !== null) return early;
  }
  // A path that is no UTF-8 meets no route.
  const values = Object.values(asked.path);
  if (values.some((value) => !value.isWellFormed())) return refused('not_found');
  if (meant === undefined) return refused('method_not_allowed');
  const may = roles[asked.as];
  if (meant.guarded && may !== 'admin') return { kind: 'any' };
  const types = Object.entries(meant.responses).flatMap(([status, { content = {} }]) =>
    status.startsWith('2') ? Object.keys(content) : [],
  );
  const accept = asked.headers['accept'];
  if (types.length > 0 && accept !== undefined && !isAccepted(accept, types)) return refused('not_acceptable');
  const form = bodyForm(meant, asked);
  if (form !== null) return form;
  const namesNothing = ({ index, name }: Parameter & { index: number }): boolean => {
    const value = asked.path[name] ?? '';
    // The document says in words that no text holds U+0000.
    return value.includes('\0') || wrong(meant, index, value);
  };
  if (parametersIn(meant, 'path').some(namesNothing)) return refused('not_found');
  const faults = [...queryFaults(meant, asked), ...headerFaults(meant, asked), ...bodyFaults(meant, asked)];
  return faults.length > 0 ? refused('invalid_request', faults) : { kind: 'well formed' };
}

const roles: Readonly<Record<Identity, string>> = {
  admin: 'admin',
  session: 'admin',
  'no proof': 'admin',
  viewer: 'viewer',
  moderator: 'moderator',
  approver: 'approver',
  wrong: '',
  none: '',
};

function refusedEarly(as: Identity, method: string): Expected | null {
  if (as === 'none' || as === 'wrong') return refused('unauthenticated');
  return as === 'no proof' && !['GET', 'HEAD', 'OPTIONS'].includes(method) ? refused('csrf') : null;
}

/** For the values that the cases use. */
function isAccepted(accept: string, types: readonly string[]): boolean {
  if (accept.trim() === '' || accept.startsWith('*/*')) return true;
  if (accept === 'application/*') return types.some((type) => type.startsWith('application/'));
  return types.includes(accept);
}

function bodyForm({ body }: Operation, asked: Case): Expected | null {
  if (body === null) return null;
  if (asked.body.kind === 'none') return body.required ? refused('malformed_body') : null;
  if (!/^application\/(?:[\w.-]+\+)?json(?:;|$)/iu.test(asked.body.type)) return refused('unsupported_media_type');
  if (asked.body.kind === 'json')
    return Buffer.byteLength(JSON.stringify(asked.body.value)) > 2 ** 21 ? refused('too_large') : null;
  const { bytes } = asked.body;
  if (bytes.length > 2 ** 21) return refused('too_large');
  return parsed(bytes) === undefined ? refused('malformed_body') : null;
}

function parsed(bytes: string | Buffer): unknown {
  try {
    // A byte order mark is taken off, as HTTP libraries do.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes))) as unknown;
  } catch {
    return undefined;
  }
}

function parametersIn({ parameters }: Operation, place: Parameter['in']) {
  return parameters.map((parameter, index) => ({ ...parameter, index })).filter((parameter) => parameter.in === place);
}

function wrong({ path, method }: Operation, index: number, value: unknown): boolean {
  const pointer = `/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method.toLowerCase()}/parameters/${index}/schema`;
  return faultsBy(pointer, value) !== '';
}

function queryFaults(operation: Operation, { query }: Case): string[][] {
  const known = parametersIn(operation, 'query');
  const faults = query
    .filter(
      ({ name, value }) => !name.isWellFormed() || !value.isWellFormed() || !known.some((one) => one.name === name),
    )
    // What cannot be decoded is named as it came.
    .map(({ name }) => (name.isWellFormed() ? [name] : []));
  for (const { name, index, schema } of known) {
    const given = query.filter((pair) => pair.name === name && pair.value.isWellFormed()).map(({ value }) => value);
    if (given.length === 0) continue;
    const [first = ''] = given;
    const value =
      schema.type === 'array'
        ? given
        : schema.type === 'integer' && /^-?\d+(?:\.\d+)?$/u.test(first)
          ? Number(first)
          : first;
    if ((schema.type !== 'array' && given.length > 1) || wrong(operation, index, value)) faults.push([name]);
  }
  return faults;
}

function headerFaults(operation: Operation, { headers }: Case): string[][] {
  return parametersIn(operation, 'header')
    .filter(
      ({ name, index }) =>
        headers[name] !== undefined && wrong(operation, index, headers[name].replaceAll(/^[ \t]+|[ \t]+$/gu, '')),
    )
    .map(({ name }) => [name]);
}

/** One of the places that the schema complains about must be named: of alternatives it complains about all. */
function bodyFaults({ body, path, method }: Operation, asked: Case): string[][] {
  if (body === null || asked.body.kind === 'none') return [];
  const value =
    asked.body.kind === 'json' ? (JSON.parse(JSON.stringify(asked.body.value)) as unknown) : parsed(asked.body.bytes);
  const pointer = `/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
  const places = faultyPlacesBy(pointer, value);
  return places.length === 0 ? [] : [places];
}
