import { isNestedDeeper } from './nesting.ts';
import { refusals, type Refusal } from './refusals.ts';

/** A merged message takes five levels, and may hold merged messages. */
const maxLevels = 256;

/** The fields of a callback's body. Names are looked up as own properties of data: `__proto__` is one like any other. */
export type BodyFields = Readonly<Record<string, unknown>>;

/**
 * Parses a body as the JSON object that a callback is. Bytes that are no UTF-8 become U+FFFD: the
 * message is worth more than its broken character. A byte order mark is skipped.
 */
export function parseBody(bytes: Buffer): { fields: BodyFields } | { refusal: Refusal } {
  if (isNestedDeeper(bytes, maxLevels)) return { refusal: refusals.tooDeep };
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return { refusal: refusals.notJson };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { refusal: refusals.notObject };
  return { fields: value as BodyFields };
}
