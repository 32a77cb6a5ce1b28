/** A body that is one object or a list of them, as a list. */
export function oneOrMany(body: unknown): Record<string, unknown>[] {
  const list: unknown[] = Array.isArray(body) ? body : [body];
  return list.map((item) => {
    if (typeof item !== 'object' || item === null) throw new Error('the body must be an object, or a list of objects');
    return item as Record<string, unknown>;
  });
}

/** A field that must be a string. */
export function stringField(item: Record<string, unknown>, name: string): string {
  const value = item[name];
  if (typeof value !== 'string') throw new Error(`${name} must be a string`);
  return value;
}

/** A query parameter that must be a number; undefined where it is absent. */
export function numberParameter(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (text === '' || Number.isNaN(value)) throw new Error(`${name} must be a number`);
  return value;
}
