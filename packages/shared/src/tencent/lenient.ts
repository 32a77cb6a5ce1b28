/** Reading answers that may differ from what the documents say. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The records of a documented array. An object in its place gives its values, or is itself the only item, as `isItem`
 * tells; anything else gives none.
 */
export function recordsOf(
  value: unknown,
  isItem: (record: Record<string, unknown>) => boolean,
): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.filter(isRecord);
  if (!isRecord(value)) return [];
  if (isItem(value)) return [value];
  return Object.values(value).filter((item) => isRecord(item) && isItem(item)) as Record<string, unknown>[];
}

/** A safe whole number from `least` up. */
export function wholeNumber(value: unknown, least: number): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= least ? (value as number) : undefined;
}

/** Unix seconds as a number or as digits, in Unix ms; undefined for 0 and for what is no time. */
export function secondsToMs(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d{1,12}$/u.test(value) ? Number(value) : value;
  return wholeNumber(seconds, 1) !== undefined && (seconds as number) < 1e12 ? (seconds as number) * 1000 : undefined;
}

/** undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
