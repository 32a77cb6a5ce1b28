import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cleanText, fold, pieces } from '@chat-recall/shared/messages';

/** What folding deals with: marks, widths, joiners, fillers, ligatures, sigmas, controls, halves of pairs. */
const specials = Array.from(
  '\u200b\u200d\ufeff\u00ad\u3000\u00a0\u2028\u0301\u0308\u0345ςΣİßẞﬁ㎏Å\u212b\u3164\uffa0\u115f\u1160\u0085' +
    '\u180e\ufe0f\u{e0100}\ufdfa\u1e9b\u0323ＶＸ가ᄀ\u1161\ud800',
).concat('\udc00');
const awkward = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: 'grapheme', maxLength: 4 }),
      fc.constantFrom(...specials),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('fold', () => {
  test.each([
    ['full width', 'ＶＸ：１２３', 'vx:123'],
    ['half-width kana', 'ｶﾞ', 'ガ'],
    ['case', 'Free ViAgRa', 'free viagra'],
    ['zero width inside a word', '加\u200b微\u2060信\ufeff', '加微信'],
    ['soft hyphen, joiners, variation selectors', 'pass\u00adport \u200d1\ufe0f', 'passport 1'],
    ['directions', '\u202eabc\u202c\u2066def\u2069', 'abcdef'],
    ['Hangul fillers', 'a\u3164b\u115f\u1160c\uffa0d', 'abcd'],
    ['tags and further selectors', 'a\u{e0041}b\u{e0100}c\u034fd', 'abcd'],
    ['control characters', 'a\u0001b\u001fc\u007fd\u0090e', 'abcde'],
    ['runs of white space', 'a \t\r\n\u3000\u00a0 b\u2028c\u0085d\u2800e', 'a b c d e'],
    ['white space at the ends', ' \u3000加微信\n', '加微信'],
    ['the same sigma everywhere', 'ΟΔΟΣ ΟΔΟΣΑ', 'οδοσ οδοσα'],
    ['ligatures and circled digits', 'ﬁn ①', 'fin 1'],
    ['composition across what is removed', 'e\u200b\u0301', 'é'],
    ['nothing visible', ' \u200b\u00ad\u3000', ''],
    ['signs with a meaning elsewhere', '100%_\\', '100%_\\'],
  ])('%s', (_what, text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('is done once and for all', () => {
    fc.assert(
      fc.property(awkward, (text) => {
        const folded = fold(text);
        expect(fold(folded)).toBe(folded);
      }),
      { numRuns: 3_000 },
    );
  });

  /** Of the texts that are folded the short way, and of their neighbours. */
  const plain = fc
    .oneof(
      fc.integer({ min: 0x1f, max: 0x7f }),
      fc.integer({ min: 0x3000, max: 0x3012 }),
      fc.integer({ min: 0x4dff, max: 0xa000 }),
      fc.integer({ min: 0xff00, max: 0xff5f }),
    )
    .map((unit) => String.fromCharCode(unit));

  test.each([
    ['ASCII', fc.string({ unit: 'binary-ascii' })],
    ['Chinese', fc.string({ unit: plain, maxLength: 40 })],
  ])('takes %s the short way to the same end', (_what, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        // The letter from outside forces the long way.
        expect(fold(`é|${text}|`)).toBe(`é${fold(`|${text}|`)}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('hides no keyword: what stands in a line of the text stands in its search form', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('abXYＺ加微信裸聊１2 \u200b')),
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(word, word, word, (before, keyword, after) => {
        expect(fold(before + keyword + after)).toContain(fold(keyword));
      }),
    );
  });
});

describe('cleanText', () => {
  test('takes out what PostgreSQL cannot hold, and nothing else', () => {
    expect(cleanText('abc\0def')).toBe('abcdef');
    expect(cleanText('a\ud800b\udc00c😀')).toBe('a\ufffdb\ufffdc😀');
    expect(cleanText('\ud83d\0\ude00')).toBe('\ufffd\ufffd');
    expect(cleanText('plain 加微信 \u0001')).toBe('plain 加微信 \u0001');
  });

  test('gives well-formed text without U+0000, once and for all', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
        const clean = cleanText(String.fromCharCode(0, ...units));
        expect(Buffer.from(clean, 'utf8').toString('utf8')).toBe(clean);
        expect(clean).not.toContain('\0');
        expect(cleanText(clean)).toBe(clean);
      }),
    );
  });
});

describe('pieces', () => {
  test('packs two characters exactly', () => {
    expect(pieces('加微')).toEqual([(0x52a0 << 16) | 0x5fae]);
    expect(pieces('\uffff\uffff')).toEqual([-1]);
    expect(pieces('')).toEqual([]);
    expect(pieces('微')).toEqual([]);
    expect(pieces('aaaa')).toHaveLength(1);
  });

  test('a text has every piece of whatever stands in it, and no piece that does not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 150 }), fc.nat(), fc.nat(), (text, from, length) => {
        const all = new Set(pieces(text));
        const start = from % (text.length + 1);
        for (const piece of pieces(text.slice(start, start + length))) expect(all.has(piece)).toBe(true);
        for (const piece of all) {
          expect(text).toContain(String.fromCharCode(piece >>> 16, piece & 0xffff));
          expect(piece).toBe(piece | 0);
        }
        expect(all.size).toBe(pieces(text).length);
      }),
    );
  });
});
