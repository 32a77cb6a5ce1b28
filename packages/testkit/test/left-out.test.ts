import { describe, expect, test } from '@jest/globals';
import { spawnJest } from './fixtures/spawn.ts';

describe('suites that need what the machine lacks', () => {
  test('are skipped, and named at the end with what would bring them back', async () => {
    const jest = await spawnJest('needs', { PATH: '/nonexistent' });
    expect(await jest.exited).toEqual({ code: 0, signal: null });
    expect(jest.lines.slice(-7)).toEqual([
      'Left out, for want of redis-server (to have them: install redis-server or set REDIS_URL):',
      '  packages/testkit/test/fixtures/needs.suite.ts: counting (queues on Redis)',
      '',
      'Left out, for want of Chromium (to have them: install chromium or google-chrome, so that it is on the PATH):',
      '  packages/testkit/test/fixtures/needs.suite.ts: painting (in a browser)',
      '',
      '2 passed, 0 failed, 3 skipped',
    ]);
  });

  test('fail where they are required, and say what is missing', async () => {
    const jest = await spawnJest('needs', { PATH: '/nonexistent', REQUIRE_REDIS: '1', REQUIRE_BROWSER: '1' });
    expect((await jest.exited).code).toBe(1);
    const output = jest.lines.join('\n');
    expect(output).toContain(
      'REQUIRE_REDIS is set, and there is no redis-server. To have it: install redis-server or set REDIS_URL.',
    );
    expect(output).toContain('REQUIRE_BROWSER is set, and there is no Chromium.');
    expect(jest.lines.at(-1)).toBe('2 passed, 2 failed, 0 skipped');
  });

  test('run when there is what they need', async () => {
    const jest = await spawnJest('needs', { PATH: '/nonexistent', REDIS_URL: 'redis://127.0.0.1:1' });
    expect((await jest.exited).code).toBe(0);
    expect(jest.lines.at(-1)).toBe('4 passed, 0 failed, 1 skipped');
  });
});

test('a file that cannot be loaded counts as failed', async () => {
  const jest = await spawnJest('broken', { PATH: '/nonexistent' });
  expect((await jest.exited).code).toBe(1);
  expect(jest.lines.at(-1)).toBe('0 passed, 1 failed, 0 skipped');
});
