/** JSON that need not be what `JSON.stringify` would write: numbers no double can hold, names that come twice. */
export type Json = string | number | boolean | null | Raw | readonly Json[] | Fields;
export type Fields = { readonly [name: string]: Json };

/** A token as it stands. */
export class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** @param again pairs that are written before the others of the outermost object; of equal names the last one counts */
export function render(value: Json, again: readonly (readonly [string, Json])[] = []): string {
  if (value instanceof Raw) return value.text;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => render(item as Json)).join(',')}]`;
  const pairs = [...again, ...Object.entries(value as Fields)];
  return `{${pairs.map(([name, inner]) => `${JSON.stringify(name)}:${render(inner)}`).join(',')}}`;
}
