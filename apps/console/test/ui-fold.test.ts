import { expect, test } from '@jest/globals';
import { fold as foldOfUi, hitsOf } from '@chat-recall/console-ui/fold';
import { fold } from '@chat-recall/shared/messages';
import fc from 'fast-check';

test('the page folds as the index does', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => foldOfUi(text) === fold(text)));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => foldOfUi(text) === fold(text)));
});

test.each([
  ['ＦＲＥＥ gift', ['free'], ['ＦＲＥＥ']],
  ['加 微\u200b信 now', ['微信'], ['微\u200b信']],
  ['a  \t b', ['a b'], ['a  \t b']],
  ['50% off_', ['%', '_'], ['%', '_']],
  ['aaaa', ['aa'], ['aaaa']],
  ['e\u0301t\u00e9', ['\u00e9'], ['e\u0301', '\u00e9']],
  ['nothing', ['微信', ' '], []],
])('%j holds %j at %j', (text, keywords, found) => {
  expect(hitsOf(text, keywords).map(([from, to]) => text.slice(from, to))).toEqual(found);
});

test('what is marked is of the text, in order and apart', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.string({ unit: 'binary' })), (text, keywords) => {
      let at = 0;
      for (const [from, to] of hitsOf(text, keywords)) {
        expect(from).toBeGreaterThanOrEqual(at);
        expect(to).toBeGreaterThan(from);
        at = to;
      }
      expect(at).toBeLessThanOrEqual(text.length);
    }),
  );
});
