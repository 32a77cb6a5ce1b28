import { expect, test } from '@jest/globals';
import { readBuiltUi } from '../src/pages/built-ui.ts';

test('a console without a built web console is told so, and does not fail', () => {
  expect(readBuiltUi('/no/such/folder/')).toBeNull();
});

test('the built one has a place for the nonce, files of known types, and no script within the page', () => {
  const built = readBuiltUi();
  expect(built?.page).toContain('nonce="__CSP_NONCE__"');
  expect(built?.page.replaceAll(/<script type="module"[^>]*><\/script>/gu, '')).not.toMatch(/<script|<style|https?:/u);
  expect(
    [...(built?.files.keys() ?? [])].filter((path) => !/^\/(?:assets\/[\w.-]+|favicon\.svg)$/u.test(path)),
  ).toEqual([]);
});
