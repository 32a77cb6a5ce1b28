/**
 * Finds an id among words: as it is, and not as a part of a longer run of ASCII letters and digits
 * (`user4` is not in `user42`). Chinese has no spaces between words: other letters beside it do not matter.
 */
export function idPattern(id: string): RegExp {
  const before = /^[A-Za-z0-9]/u.test(id) ? '(?<![A-Za-z0-9])' : '';
  const after = /[A-Za-z0-9]$/u.test(id) ? '(?![A-Za-z0-9])' : '';
  return new RegExp(`${before}${id.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&')}${after}`, 'gu');
}
