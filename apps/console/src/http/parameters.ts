import type { FieldFault } from '@chat-recall/shared/errors';
import type { z } from 'zod';

/** A query parameter: how it may be given, and the schema that judges what is then read. */
export interface Parameter<S extends z.ZodType = z.ZodType> {
  readonly given: 'once' | 'as a number' | 'repeatedly' | 'repeatedly or with commas';
  readonly schema: S;
}

export type Parameters = Readonly<Record<string, Parameter>>;

export function text<S extends z.ZodType>(schema: S): Parameter<S> {
  return { given: 'once', schema };
}

export function number<S extends z.ZodType>(schema: S): Parameter<S> {
  return { given: 'as a number', schema };
}

/** `name=a&name=b`; a comma is part of the value. */
export function list<S extends z.ZodType>(schema: S): Parameter<S> {
  return { given: 'repeatedly', schema };
}

/** `name=a&name=b` or `name=a,b`; empty values count for nothing. */
export function commaList<S extends z.ZodType>(schema: S): Parameter<S> {
  return { given: 'repeatedly or with commas', schema };
}

/** The values of a query string, in the order of each name; and what cannot be decoded. */
export function readQuery(query: string): {
  values: ReadonlyMap<string, readonly string[]>;
  faults: readonly FieldFault[];
} {
  const values = new Map<string, string[]>();
  const faults: FieldFault[] = [];
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === null || value === null) faults.push({ path: name ?? pair, message: 'must be UTF-8, percent-encoded' });
    else if (!values.has(name)) values.set(name, [value]);
    else values.get(name)?.push(value);
  }
  return { values, faults };
}

function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** What the schema of a parameter is to judge; `several` when one value only may be given. */
export function valueOf(
  given: Parameter['given'],
  values: readonly string[] | undefined,
): { value: unknown } | 'several' {
  if (values === undefined) return { value: undefined };
  switch (given) {
    case 'repeatedly':
      return { value: values };
    case 'repeatedly or with commas':
      return { value: values.flatMap((one) => one.split(',')).filter((one) => one !== '') };
    case 'once':
      return values.length > 1 ? 'several' : { value: values[0] };
    case 'as a number':
      return values.length > 1 ? 'several' : { value: numberOf(String(values[0])) };
  }
}

/** What is no plain number stays text, for the schema to refuse. */
function numberOf(value: string): number | string {
  return /^-?\d+(?:\.\d+)?$/u.test(value) ? Number(value) : value;
}
