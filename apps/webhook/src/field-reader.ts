import type { FieldFault } from '@chat-recall/shared/errors';
import { cleanText } from '@chat-recall/shared/messages';
import type { BodyFields } from './parse-body.ts';

/** 9999-12-31T23:59:59Z, Unix seconds: later times are no times. */
const lastSecond = 253_402_300_799;

/**
 * Reads the fields of a callback's body, each into its documented type. The first one that is missing
 * or malformed is kept as `fault`; what the others return is then of no use. `null` is malformed.
 */
export class FieldReader {
  fault: FieldFault | undefined;
  readonly #fields: BodyFields;

  constructor(fields: BodyFields) {
    this.#fields = fields;
  }

  /** A string that must be there and not be empty; clean. */
  requiredText(name: string): string {
    const value = this.#fields[name];
    const text = typeof value === 'string' ? cleanText(value) : '';
    if (text === '') this.#refuse(name, value, 'a non-empty string');
    return text;
  }

  /** A string, clean; '' when absent. */
  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value === 'string') return cleanText(value);
    if (value !== undefined) this.#refuse(name, value, 'a string');
    return '';
  }

  /** A whole number; undefined when absent. */
  integer(name: string, min = -Infinity, max = Infinity): number | undefined {
    const value = this.#fields[name];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= min && Number(value) <= max)) {
      return value as number | undefined;
    }
    const range = min === -Infinity ? '' : ` from ${min} to ${max}`;
    this.#refuse(name, value, `a whole number${range}`);
    return undefined;
  }

  /** A whole number that must be there, exact in a JSON number. */
  requiredSequence(name: string, min = 1): number {
    const value = this.#fields[name];
    if (Number.isSafeInteger(value) && Number(value) >= min) return Number(value);
    this.#refuse(name, value, `a whole number from ${min} to ${Number.MAX_SAFE_INTEGER}`);
    return 0;
  }

  /** Unix seconds, as Unix milliseconds; undefined when absent. */
  seconds(name: string): number | undefined {
    const value = this.integer(name, 0, lastSecond);
    return value === undefined ? undefined : value * 1000;
  }

  /** Unix milliseconds, as a number or (older payloads) as a string; undefined when absent. */
  milliseconds(name: string): number | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && /^\d{1,15}$/u.test(value) ? Number(value) : value;
    if (Number.isInteger(number) && Number(number) >= 0 && Number(number) <= lastSecond * 1000 + 999) {
      return Number(number);
    }
    this.#refuse(name, value, 'Unix milliseconds, as a whole number or a string of digits');
    return undefined;
  }

  /** An array that must be there. */
  requiredArray(name: string): readonly unknown[] {
    const value = this.#fields[name];
    if (Array.isArray(value)) return value;
    this.#refuse(name, value, 'an array');
    return [];
  }

  /** An array; nothing when absent. */
  array(name: string): void {
    const value = this.#fields[name];
    if (value !== undefined && !Array.isArray(value)) this.#refuse(name, value, 'an array');
  }

  /** Keeps a fault that the caller found. */
  refuse(path: string, message: string): void {
    this.fault ??= { path, message };
  }

  #refuse(name: string, value: unknown, expected: string): void {
    this.refuse(name, value === undefined ? `must be there, ${expected}` : `must be ${expected}`);
  }
}

/** Whether a JSON value is an object. */
export function isFields(value: unknown): value is BodyFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
