import { expect, test } from '@jest/globals';
import { canary, testLog } from '../src/index.ts';
import { leakIn } from '../canaries.js';
import { spawnJest } from './fixtures/spawn.ts';

test('a run that printed a secret or a text fails, though its tests pass', async () => {
  const jest = await spawnJest('leak', { PATH: '/nonexistent' });
  expect((await jest.exited).code).toBe(1);
  expect(jest.lines.at(-1)).toBe('1 passed, 0 failed, 0 skipped');
  const told = jest.lines.slice(jest.lines.indexOf('Printed and not to be printed, 2 lines:') + 1, -2).sort();
  expect(told).toEqual([
    expect.stringMatching(/^ {2}webhook: a callback's signature: .*GET \/callback▮▮▮/u),
    expect.stringMatching(/^ {2}worker: a secret or a text of the tests: .*"key":"▮▮▮-key"/u),
  ]);
});

test.each([
  ['a secret or a text of the tests', `token ${canary.toUpperCase()}`],
  ['a UserSig', `usersig=eJw1${'a-B*'.repeat(20)}`],
  ["a callback's signature", '/callback?SdkAppid=1&Sign=ab12cd34ef56'],
  ['a bearer token', 'Authorization: Bearer abcdefghijklmnop'],
  ['a password in a URL', 'connect postgres://me:secret@127.0.0.1:5432/x'],
])('%s is found', (what, line) => {
  expect(leakIn(line)?.what).toBe(what);
});

test.each(['postgres://127.0.0.1:5432/x', 'Sign is missing', 'a bearer token is missing', '{"sig":"eJw1"}'])(
  '%s gives nothing away',
  (line) => {
    expect(leakIn(line)).toBeUndefined();
  },
);

test('a log of a test gives its lines to the test, too', () => {
  const lines: string[] = [];
  testLog('worker', (line) => lines.push(line)).debug('x');
  expect(lines).toEqual([expect.stringContaining('"msg":"x"')]);
});
