/** Up to here looking through a list is faster than a set, and most messages are shorter. */
const shortText = 64;

/**
 * The distinct two-character pieces (UTF-16 code units) of a search form, each packed exactly into a
 * signed 32-bit integer: the first unit above, the second below. A folded keyword can only occur in a
 * message that has all of its pieces; one of a single character has none. At most as many as the text
 * has characters; their order means nothing.
 */
export function pieces(folded: string): number[] {
  if (folded.length <= shortText) return shortPieces(folded);
  const distinct = new Set<number>();
  let before = folded.charCodeAt(0) << 16;
  for (let at = 1; at < folded.length; at += 1) {
    const unit = folded.charCodeAt(at);
    distinct.add(before | unit);
    before = unit << 16;
  }
  return [...distinct];
}

function shortPieces(folded: string): number[] {
  const distinct: number[] = [];
  let before = folded.charCodeAt(0) << 16;
  for (let at = 1; at < folded.length; at += 1) {
    const unit = folded.charCodeAt(at);
    const piece = before | unit;
    if (!distinct.includes(piece)) distinct.push(piece);
    before = unit << 16;
  }
  return distinct;
}
