const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u{3000}-\u{303f}\u{ff01}-\u{ff60}\u{ffe0}-\u{ffe6}]/u;

/**
 * Text of others for a terminal: control characters, which could move the cursor or rewrite what stands
 * there, and marks of direction, which could reorder it, become visible; a line break becomes a space.
 *
 * @param columns cut to this width; wide characters take two
 */
export function printable(text: string | null | undefined, columns = Number.POSITIVE_INFINITY): string {
  const plain = (text ?? '')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu, '\u{fffd}');
  return widthOf(plain) > columns ? `${cut(plain, columns - 1)}…` : plain;
}

/** Columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

function cut(text: string, columns: number): string {
  let kept = '';
  let left = columns;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return kept;
}
