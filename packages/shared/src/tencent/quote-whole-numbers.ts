/**
 * JSON text with the whole numbers of the named fields in quotes, wherever they stand: `JSON.parse` keeps digits up to
 * 2^53 only, and Node 20 has no reviver that sees the text. A quote inside a JSON string always follows a backslash,
 * so that nothing within a text is taken for a field.
 */
export function quoteWholeNumbers(text: string, fields: readonly string[]): string {
  if (fields.length === 0) return text;
  const field = new RegExp(`(?<!\\\\)("(?:${fields.join('|')})"\\s*:\\s*)(\\d+)(?=\\s*[,}])`, 'gu');
  return text.replace(field, '$1"$2"');
}
