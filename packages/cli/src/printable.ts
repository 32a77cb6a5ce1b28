/**
 * Text of others for a terminal: control characters, which could move the cursor or rewrite what stands
 * there, and marks of direction, which could reorder it, become visible; a line break becomes a space.
 */
export function printable(text: string | null | undefined, most = Number.POSITIVE_INFINITY): string {
  const plain = (text ?? '')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/[\p{Cc}\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu, '\u{fffd}');
  const characters = [...plain];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : plain;
}
