/**
 * The search form of a text, as the index makes it (packages/shared/src/messages/fold.ts; a test compares
 * the two): NFKC, lower case, invisible characters removed, runs of white space as one space.
 */
export function fold(text: string): string {
  let folded = text;
  for (let pass = 0; pass < 8; pass += 1) {
    const composed = folded.normalize('NFKC');
    const settled = composed.toLowerCase().replaceAll('ς', 'σ').replace(invisible, '').replace(blanks, ' ').trim();
    if (settled === composed) return settled;
    folded = settled;
  }
  return folded;
}

// oxlint-disable-next-line no-control-regex -- they are what this is about
const invisible = /[\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb]+/gu;
const blanks = /[\s\x85\u2800]+/gu;

/** A part of a text: from (inclusive) to (exclusive), in UTF-16 units. */
export type Range = readonly [from: number, to: number];

/**
 * Where the keywords stand in a text, after folding both: ranges of the text as it is, in order, none
 * touching another. Each character with its marks is folded by itself, so that the place is known.
 */
export function hitsOf(text: string, keywords: readonly string[]): Range[] {
  const wanted = keywords.map(fold).filter((keyword) => keyword !== '');
  if (wanted.length === 0) return [];
  const { folded, places } = foldWithPlaces(text);
  const found: Range[] = [];
  for (const keyword of wanted) {
    for (let at = folded.indexOf(keyword); at !== -1; at = folded.indexOf(keyword, at + keyword.length)) {
      const first = places[at];
      const last = places[at + keyword.length - 1];
      if (first !== undefined && last !== undefined) found.push([first[0], last[1]]);
    }
  }
  return joined(found);
}

/** A character with the combining marks that follow it. */
const characters = /\P{M}\p{M}*|\p{M}+/gsu;

function foldWithPlaces(text: string): { folded: string; places: Range[] } {
  let folded = '';
  const places: Range[] = [];
  for (const { 0: character, index } of text.matchAll(characters)) {
    const blank = blanks.test(character);
    blanks.lastIndex = 0;
    const form = blank ? (folded === '' || folded.endsWith(' ') ? '' : ' ') : fold(character);
    folded += form;
    for (let unit = 0; unit < form.length; unit += 1) places.push([index, index + character.length]);
  }
  return { folded, places };
}

function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], to)];
    else result.push([from, to]);
  }
  return result;
}
