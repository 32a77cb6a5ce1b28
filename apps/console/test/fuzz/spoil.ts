import fc from 'fast-check';
import { atBounds, hostileValue } from './hostile.ts';
import { resolved, type Schema } from './schemas.ts';

interface Place {
  /** null: the whole value. */
  readonly holder: Record<string, unknown> | unknown[] | null;
  readonly key: string | number;
  readonly schema: Schema;
  readonly value: unknown;
}

const surplus = ['x', '', '__proto__', 'constructor', 'toString', 'a.b[0]', 'requestedBy', 'x'.repeat(500)];

/** Values of a schema with one thing changed somewhere in them: mostly not allowed any more. */
export function spoiled(schema: Schema, valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.oneof(
    { weight: 4, arbitrary: hostileValue.map((value) => ({ kind: 'replace' as const, value })) },
    { weight: 3, arbitrary: fc.nat().map((pick) => ({ kind: 'bound' as const, pick })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...surplus), hostileValue)
        .map(([name, value]) => ({ kind: 'add' as const, name, value })),
    },
  );
  return fc.tuple(valid, fc.nat(), change).map(([given, pick, what]) => {
    const value = structuredClone(given);
    const all = [...placesOf({ holder: null, key: '', schema, value })];
    const place = all[pick % all.length] as Place;
    switch (what.kind) {
      case 'replace':
        return put(value, place, what.value);
      case 'bound': {
        const bounds = atBounds(place.schema);
        return bounds.length === 0 ? put(value, place, null) : put(value, place, bounds[what.pick % bounds.length]);
      }
      case 'remove':
        if (place.holder === null) return {};
        if (Array.isArray(place.holder)) place.holder.splice(Number(place.key), 1);
        else delete place.holder[place.key];
        return value;
      case 'add':
        if (typeof place.value !== 'object' || place.value === null || Array.isArray(place.value)) {
          return put(value, place, { [what.name]: what.value });
        }
        Object.defineProperty(place.value, what.name, { value: what.value, enumerable: true });
        return value;
    }
  });
}

function put(whole: unknown, { holder, key }: Place, value: unknown): unknown {
  if (holder === null) return value;
  (holder as Record<string | number, unknown>)[key] = value;
  return whole;
}

function* placesOf(place: Place): Generator<Place> {
  yield place;
  const { value, schema: given } = place;
  const schema = resolved(given);
  if (Array.isArray(value)) {
    for (const [key, one] of value.entries()) {
      yield* placesOf({ holder: value, key, schema: schema.items ?? {}, value: one });
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      const at = schema.properties?.[key] ?? {};
      yield* placesOf({ holder: value as Record<string, unknown>, key, schema: at, value: one });
    }
  }
}
