/** Shorter ids are looked for as whole JSON strings only: `bob` would be in half of all bodies. */
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
  /**
   * What at least one of must stand in a body for `isInBody`: so that the database can pass over the others.
   * null: nothing can be said beforehand.
   */
  readonly bodyMarks: readonly string[];
}

/** @param sender the id, not empty */
export function createMention(sender: string, replacement: string): Mention {
  const edge = '[A-Za-z0-9]';
  const before = /^[A-Za-z0-9]/u.test(sender) ? `(?<!${edge})` : '';
  const after = /[A-Za-z0-9]$/u.test(sender) ? `(?!${edge})` : '';
  const literal = sender.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&');
  const pattern = new RegExp(`${before}${literal}${after}`, 'gu');
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
  };
}

/** One level of JSON's escapes undone. */
function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u(?<hex>[\da-fA-F]{4})|(?<plain>.))/gu, (_all, hex: string | undefined, plain: string | undefined) =>
    hex === undefined ? (plain ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
