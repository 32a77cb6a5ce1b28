import fc from 'fast-check';
import { resolved, type Schema } from './schemas.ts';

const nul = String.fromCodePoint(0);
const high = String.fromCharCode(0xd800);
const low = String.fromCharCode(0xdfff);
const deep: unknown = Array.from({ length: 500 }).reduce<unknown>((inside) => [inside], 'deep');

const texts = [
  '',
  ' ',
  '\t\r\n',
  nul,
  `a${nul}b`,
  high,
  `x${low}y`,
  low + high,
  '\ufeff',
  '\u202e\u200b\u2060',
  '\u0301',
  '🙈'.repeat(200),
  '👩‍👩‍👧‍👦',
  'İıſßﬁ',
  'x'.repeat(300),
  'x'.repeat(30_000),
  '好'.repeat(10_000),
  '%',
  '%00',
  '\\',
  '$1',
  '${x}',
  "' or 1=1; --",
  '../../etc/passwd',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e9',
  '0x10',
  '99999999999999999999999999',
  '2026-02-30T00:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T23:59:60Z',
  '2026-11-21t00:00:00z',
  '2026-11-21 00:00:00Z',
  '2026-11-21T00:00:00',
  '2026-11-21T00:00:00+24:00',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+23:59',
  '9999-12-31T23:59:59.999999999-23:59',
  '+275760-09-13T00:00:00Z',
  '-000001-01-01T00:00:00Z',
  '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  '019AE6B2-7D3E-7C41-9A55-0A4F1C2D3E4F',
  Buffer.from('{}').toString('base64url'),
  Buffer.from('{"id":"\\u0000"}').toString('base64url'),
  Buffer.from('{"id":1e300}').toString('base64url'),
  Buffer.from('{"conversationId":9007199254740991,"msgSeq":-9007199254740991}').toString('base64url'),
  Buffer.from('{"id":9007199254740991}').toString('base64url'),
  Buffer.from('{"msgTime":"0000-01-01T00:00:00Z","conversationId":-1,"msgSeq":0}').toString('base64url'),
];

/** Texts that something may stumble over. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...texts) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
      .map((units) => String.fromCharCode(...units)),
  },
);

/** Values of any type that something may stumble over. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: hostileText },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      -0.1,
      2 ** 31,
      2 ** 53,
      2 ** 63,
      -(2 ** 63),
      1e21,
      1e308,
      5e-324,
      [],
      {},
      [null],
      [[]],
      deep,
      { $ne: null },
      { length: 1 },
      Array.from({ length: 10_001 }, (_, n) => n + 1),
      Array.from({ length: 10_001 }, () => 'x'),
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
);

/** Values at and just beyond the bounds of a schema. */
export function atBounds(given: Schema): unknown[] {
  const schema = resolved(given);
  const { minimum, maximum, minLength = 0, maxLength, minItems = 0, maxItems, items } = schema;
  const found: unknown[] = [];
  if (minimum !== undefined) found.push(minimum, minimum - 1, minimum + 0.5);
  if (maximum !== undefined) found.push(maximum, maximum + 1);
  if (schema.type === 'string') {
    found.push('x'.repeat(minLength), 'x'.repeat(Math.max(0, minLength - 1)));
    if (maxLength !== undefined) found.push('x'.repeat(maxLength), 'x'.repeat(maxLength + 1), '🙈'.repeat(maxLength));
  }
  if (schema.type === 'array') {
    const item = resolved(items ?? {}).type === 'integer' ? 1 : 'x';
    found.push(Array.from({ length: Math.max(0, minItems - 1) }, () => item));
    if (maxItems !== undefined) {
      found.push(
        Array.from({ length: maxItems }, () => item),
        Array.from({ length: maxItems + 1 }, () => item),
      );
    }
  }
  return found;
}

/** Bodies that are no JSON, or none of the kind that is meant. */
export const rawBodies: readonly (string | Buffer)[] = [
  '{',
  '{"selector":',
  '{}{}',
  ' ',
  '\ufeff{}',
  "{'a':1}",
  '{"a":1,}',
  'undefined',
  'NaN',
  '1e400',
  '{"a":1e400}',
  'null',
  '5',
  '"text"',
  '[]',
  '[{}]',
  '{"__proto__":{"x":1},"constructor":1}',
  '{"reason":"a","reason":"b"}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  '{"a":"\\ud800"}',
  Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  Buffer.from([0x00]),
  Buffer.from('{"reason":"x"}', 'utf16le'),
  `{"reason":"${'x'.repeat(2 * 1024 * 1024)}"}`,
];
