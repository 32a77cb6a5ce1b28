import fc from 'fast-check';
import { document } from '../documented.ts';

/** The time in the walk: that of the messages and of the console, ms. */
export const noon = Date.parse('2026-11-21T12:00:00Z');

/** What the OpenAPI document uses of JSON Schema for requests. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The schema that is meant, behind references. */
export function resolved(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.split('/').at(-1) ?? '';
  return resolved(document.components.schemas[name] as Schema);
}

/**
 * Values that a schema allows.
 *
 * @param words texts that lead to something: what the database holds
 */
export function validBy(given: Schema, words: readonly string[]): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  // Beside `properties` it only says which of them must be there.
  if (schema.anyOf !== undefined && schema.type === undefined) {
    return fc.oneof(...schema.anyOf.map((one) => validBy(one, words)));
  }
  switch (schema.type) {
    case 'string':
      return textBy(schema, words);
    case 'integer':
      return integerBy(schema);
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e300, max: schema.maximum ?? 1e300, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(validBy(schema.items ?? {}, words), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 3),
      });
    default:
      return objectBy(schema, words);
  }
}

function objectBy(schema: Schema, words: readonly string[]): fc.Arbitrary<unknown> {
  const model = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, validBy(one, words)] as const);
  const always = schema.required ?? [];
  const variants = (schema.anyOf ?? [{}]).map((variant) =>
    fc.record(Object.fromEntries(model), {
      requiredKeys: [...new Set([...always, ...(variant.required ?? [])])],
      noNullPrototype: true,
    }),
  );
  return fc.oneof(...variants);
}

function integerBy({ minimum = -1_000, maximum = Number.MAX_SAFE_INTEGER }: Schema): fc.Arbitrary<number> {
  const small = fc.integer({ min: minimum, max: Math.min(maximum, minimum + 30) });
  const any = fc.maxSafeInteger().map((n) => minimum + (Math.abs(n) % (maximum - minimum + 1)));
  return fc.oneof({ weight: 4, arbitrary: small }, { weight: 1, arbitrary: any }, fc.constantFrom(minimum, maximum));
}

function textBy({ format, pattern, minLength = 0, maxLength = 50 }: Schema, words: readonly string[]) {
  if (format === 'date-time') {
    const time = fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9999-12-30T00:00:00Z'),
      noInvalidDate: true,
    });
    const recent = fc.integer({ min: -100, max: 100 }).map((hours) => new Date(noon + hours * 3_600_000));
    const offsets = fc.constantFrom('Z', '+00:00', '+08:00', '-11:30', '+23:59');
    return fc.tuple(fc.oneof(time, recent), offsets).map(([at, offset]) => at.toISOString().replace('Z', offset));
  }
  if (format === 'uuid') return fc.oneof(fc.constantFrom(...words.filter((word) => isUuid(word))), fc.uuid());
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 200 });
  const fitting = words.filter(({ length }) => length >= minLength && length <= maxLength);
  const any = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 30) });
  const long = fc.constantFrom('x'.repeat(maxLength), '好'.repeat(maxLength), '%_\\'.repeat(9), "'");
  return fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...fitting) }, { weight: 3, arbitrary: any }, long);
}

export function isUuid(text: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/u.test(text);
}
