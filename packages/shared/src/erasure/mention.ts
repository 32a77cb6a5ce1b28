import { idPattern } from '../audit/index.ts';

/** Shorter ids are looked for as whole JSON strings, and not among others' words: `bob` is in half of all bodies. */
const longEnough = 6;
/** JSON within strings of JSON: levels of escapes that are undone. */
const mostEscapes = 8;

/** How a person's id is found and replaced. */
export interface Mention {
  readonly sender: string;
  readonly replacement: string;
  /** Whether words name the person: the id as it is, not as a part of a longer run of letters and digits. */
  isIn(words: string): boolean;
  /** The words with the replacement in the id's place. */
  replacedIn(words: string): string;
  /** Whether a body in JSON names the person anywhere, however it is escaped; rather too often than not. */
  isInBody(raw: string): boolean;
  /** The strings of a value of JSON, names of fields included, replaced. The value itself when none names the person. */
  replacedInJson<T>(value: T): T;
  /** One of them at least stands in every body for which `isInBody`: the database passes over the others. */
  readonly bodyMarks: readonly string[];
  /** Whether the id is looked for in what others wrote: shorter ones are words like any other. */
  readonly inOthersWords: boolean;
}

/** @param sender the id, not empty */
export function createMention(sender: string, replacement: string): Mention {
  const pattern = idPattern(sender);
  const isLong = sender.length >= longEnough;
  const inBody = isLong ? [sender] : [`"${sender}"`, `"${sender}\\`];
  // Letters, digits and such are not escaped by any writer of JSON.
  const mayBeEscaped = !/^[\w.@#:+ -]*$/u.test(sender);

  const isIn = (words: string): boolean => words.search(pattern) !== -1;
  const replacedIn = (words: string): string => words.replaceAll(pattern, () => replacement);
  function isInBody(raw: string): boolean {
    let text = raw;
    for (let level = 0; level <= mostEscapes; level += 1) {
      if (inBody.some((mark) => text.includes(mark))) return true;
      if (!mayBeEscaped || !text.includes('\\')) return false;
      text = unescaped(text);
    }
    return false;
  }
  function replacedInJson(value: unknown): unknown {
    if (typeof value === 'string') return replacedIn(value);
    if (Array.isArray(value)) {
      const items = value.map(replacedInJson);
      return items.some((item, at) => item !== value[at]) ? items : value;
    }
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(([name, field]) => [name, replacedIn(name), field, replacedInJson(field)]);
    if (fields.every(([name, newName, field, newField]) => name === newName && field === newField)) return value;
    return Object.fromEntries(fields.map(([, name, , field]) => [name, field])) as unknown;
  }
  return {
    sender,
    replacement,
    isIn,
    replacedIn,
    isInBody,
    replacedInJson: replacedInJson as Mention['replacedInJson'],
    bodyMarks: mayBeEscaped ? [...inBody, '\\'] : inBody,
    inOthersWords: isLong,
  };
}

const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** One level of JSON's escapes undone. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u(?<hex>[\da-fA-F]{4})|(?<plain>.))/gu, (_all, hex: string | undefined, plain = '') =>
    hex === undefined ? (controls[plain] ?? plain) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
