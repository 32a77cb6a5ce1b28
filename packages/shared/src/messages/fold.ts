/**
 * Characters that show nothing: Unicode's Default_Ignorable_Code_Point (soft hyphen, U+034F, Hangul
 * fillers, U+180B–180F, U+200B–200F, U+202A–202E, U+2060–206F, variation selectors, U+FEFF, tags …),
 * control characters that are no white space, and interlinear annotation marks.
 */
// oxlint-disable-next-line no-control-regex -- they are what this is about
const invisible = /[\p{Default_Ignorable_Code_Point}\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufff9-\ufffb]+/gu;
/** White space, and two that look like it: next line and the blank Braille pattern. */
const blanks = /[\s\x85\u2800]+/gu;
const printableAscii = /^[\x20-\x7e]*$/u;
/** Full width forms, Chinese characters and their punctuation: what NFKC settles at once, none of it invisible. */
const plainChinese = /^[\x20-\x7e\u3001\u3002\u3008-\u3011\u4e00-\u9fff\uff01-\uff5e]*$/u;
const unstorable = /[\0\p{Surrogate}]/u;
/** Two are enough for all but contrived text; ends what never settles. */
const maxPasses = 8;

/**
 * The search form of a text: what looks the same becomes the same. NFKC (full width equals half
 * width), lower case (final sigma as any other), invisible characters removed, runs of white space as
 * one space, none at the ends. Messages and keywords go through this same function;
 * `fold(fold(x)) === fold(x)`. The search form is stored: a change here needs the index folded anew.
 */
export function fold(text: string): string {
  if (printableAscii.test(text)) return spaced(text.toLowerCase());
  if (plainChinese.test(text)) return spaced(text.normalize('NFKC').toLowerCase());
  let folded = text;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const composed = folded.normalize('NFKC');
    // Only what is lower-cased or taken out can make new neighbours compose or decompose.
    const settled = spaced(composed.toLowerCase().replaceAll('ς', 'σ').replace(invisible, ''));
    if (settled === composed) return settled;
    folded = settled;
  }
  return folded;
}

function spaced(text: string): string {
  return text.replace(blanks, ' ').trim();
}

/**
 * A text as PostgreSQL can hold it: lone surrogates become U+FFFD, U+0000 is dropped, in this order, so
 * that nothing is joined that did not stand together.
 */
export function cleanText(text: string): string {
  if (!unstorable.test(text)) return text;
  return text.replaceAll(/\p{Surrogate}/gu, '\uFFFD').replaceAll('\0', '');
}
