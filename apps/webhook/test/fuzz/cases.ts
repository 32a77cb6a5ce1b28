import { gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { callback, change, type Change } from './grammar.ts';
import { Raw, render, type Fields, type Json } from './json.ts';

/** How the URL of a callback is made; only the first two are right. */
export const accesses = ['signed', 'noisy', 'unsigned', 'forged', 'stale', 'foreign', 'commandless'] as const;
export type Access = (typeof accesses)[number];

/** One request as it goes over the wire. */
export interface Case {
  readonly method: 'POST' | 'PUT' | 'GET';
  readonly access: Access;
  /** The command of the URL. */
  readonly command: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Sent in chunks, without a length. */
  readonly chunked: boolean;
}

export const bodyLimit = 256 * 1024;

type Damage =
  | { readonly kind: 'none' | 'mark' | 'gzip' | 'spaces' }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'put'; readonly at: number; readonly bytes: Uint8Array; readonly over: boolean }
  | { readonly kind: 'instead'; readonly bytes: Uint8Array }
  | { readonly kind: 'fill'; readonly to: number };

interface Draft {
  readonly fields: Fields;
  readonly changes: readonly Change[];
  readonly again: readonly (readonly [string, Json])[];
  readonly depth: number | undefined;
  readonly damage: Damage;
  readonly access: Access;
  readonly method: Case['method'];
  readonly contentType: string | undefined;
  readonly chunked: boolean;
  /** The command of the URL, when it is another than that of the body. */
  readonly command: string | undefined;
}

/** A place in the body, in parts of 10,000. */
const place = fc.nat(9_999);
const damage: Arbitrary<Damage> = fc.oneof(
  { weight: 80, arbitrary: fc.constant<Damage>({ kind: 'none' }) },
  { weight: 3, arbitrary: fc.constantFrom<Damage>({ kind: 'mark' }, { kind: 'gzip' }, { kind: 'spaces' }) },
  { weight: 4, arbitrary: place.map((at): Damage => ({ kind: 'cut', at })) },
  {
    weight: 10,
    arbitrary: fc
      .record({ at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }), over: fc.boolean() })
      .map((put): Damage => ({ kind: 'put', ...put })),
  },
  { weight: 3, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes): Damage => ({ kind: 'instead', bytes })) },
);
/** Rare, since each is a quarter of a megabyte. */
const large = fc.constantFrom<Damage>({ kind: 'fill', to: bodyLimit }, { kind: 'fill', to: bodyLimit + 1 });

function mostly<T>(usual: T, weight: number, unusual: Arbitrary<T>): Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
}

export const draft: Arbitrary<Draft> = fc.record({
  fields: callback,
  changes: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(change, { minLength: 1, maxLength: 2 }) },
  ),
  again: mostly(
    [],
    9,
    change.map(({ name, value }): Draft['again'] => [[name, value ?? null]]),
  ),
  depth: mostly<number | undefined>(undefined, 40, fc.constantFrom(10, 254, 255, 256, 3_000)),
  damage: fc.oneof({ weight: 400, arbitrary: damage }, { weight: 1, arbitrary: large }),
  access: mostly<Access>('signed', 15, fc.constantFrom(...accesses)),
  method: mostly<Case['method']>('POST', 200, fc.constantFrom('PUT', 'GET')),
  contentType: mostly<string | undefined>(
    'application/json',
    5,
    fc.constantFrom(undefined, 'text/plain', 'application/json; charset=gbk', 'multipart/form-data', ''),
  ),
  chunked: mostly(false, 10, fc.constant(true)),
  command: mostly<string | undefined>(undefined, 40, fc.constantFrom('Group.CallbackAfterRecallMsg', 'X', ' ')),
});

/**
 * The request of a draft.
 *
 * @param serial goes into the group's id where there is one, so that what is stored can be told apart
 */
export function assemble(made: Draft, serial: number): Case {
  const { CallbackCommand: own, GroupId: group } = made.fields;
  const fields: Record<string, Json> = {
    ...made.fields,
    ...(typeof group === 'string' ? { GroupId: `${group}#${serial}` } : {}),
    ...(made.depth === undefined ? {} : { Deep: new Raw('['.repeat(made.depth) + ']'.repeat(made.depth)) }),
  };
  for (const { name, value } of made.changes) {
    if (value === undefined) delete fields[name];
    // Assigning would not make a field of `__proto__`.
    else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
  }
  // In a URL there are no lone surrogates.
  const command = (made.command ?? (typeof own === 'string' ? own : '')).toWellFormed();
  const headers: Record<string, string> = {
    ...(made.contentType === undefined ? {} : { 'content-type': made.contentType }),
    ...(made.damage.kind === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
  };
  const bytes = made.method === 'GET' ? Buffer.alloc(0) : damaged(Buffer.from(render(fields, made.again)), made.damage);
  return { method: made.method, access: made.access, command, headers, bytes, chunked: made.chunked };
}

function damaged(body: Buffer, how: Damage): Buffer {
  switch (how.kind) {
    case 'none':
      return body;
    case 'mark':
      return Buffer.concat([Buffer.from('\ufeff'), body]);
    case 'gzip':
      return gzipSync(body);
    case 'spaces':
      return Buffer.from(` \n\t\r${body.toString()}\n`);
    case 'cut':
      return body.subarray(0, Math.floor((body.length * how.at) / 10_000));
    case 'put': {
      const at = Math.floor((body.length * how.at) / 10_000);
      return Buffer.concat([body.subarray(0, at), how.bytes, body.subarray(how.over ? at + how.bytes.length : at)]);
    }
    case 'instead':
      return Buffer.from(how.bytes);
    case 'fill':
      return Buffer.concat([body, Buffer.alloc(how.to - body.length, ' ')]);
  }
}
