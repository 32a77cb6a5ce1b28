import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readConfig, variables, type Environment, type VariableName } from '@chat-recall/shared/config';
import { ConfigError } from '@chat-recall/shared/errors';

const everything = Object.keys(variables) as VariableName[];

function problemsOf(env: Environment, require: VariableName[] = []): readonly string[] {
  try {
    readConfig(env, everything, require);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('an empty environment gives the defaults of the contract', () => {
  expect(readConfig({}, everything).config).toMatchObject({
    TENCENT_ADMIN: 'administrator',
    TENCENT_API_URL: 'https://console.tim.qq.com',
    TENCENT_CALLS_PER_SECOND: 180,
    TENCENT_SEND_REASON: false,
    WEBHOOK_HOST: '0.0.0.0',
    WEBHOOK_PORT: 8080,
    WEBHOOK_PATH: '/callback',
    CONSOLE_HOST: '127.0.0.1',
    CONSOLE_PORT: 8081,
    WORKER_PORT: 8082,
    METRICS_HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
  });
});

test('every problem is told at once, by name, and without the value', () => {
  const problems = problemsOf(
    {
      DATABASE_URL: 'mysql://root:hunter2@db',
      TENCENT_CALLS_PER_SECOND: '200',
      WEBHOOK_PORT: 'eighty',
      WEBHOOK_PATH: 'callback?x=1',
      TENCENT_SEND_REASON: 'yes',
      LOG_LEVEL: 'loud',
      CONSOLE_ADMIN_TOKEN: 'short',
    },
    ['TENCENT_SDK_APP_ID'],
  );
  expect(problems.map((line) => line.split(':', 1)[0]).sort()).toEqual([
    'CONSOLE_ADMIN_TOKEN',
    'DATABASE_URL',
    'LOG_LEVEL',
    'TENCENT_CALLS_PER_SECOND',
    'TENCENT_SDK_APP_ID',
    'TENCENT_SEND_REASON',
    'WEBHOOK_PATH',
    'WEBHOOK_PORT',
  ]);
  expect(problems.join('\n')).not.toMatch(/hunter2|short|eighty/u);
});

test('an empty value is an absent one', () => {
  expect(readConfig({ REDIS_URL: '', WEBHOOK_PORT: '' }, everything).config).toMatchObject({
    REDIS_URL: undefined,
    WEBHOOK_PORT: 8080,
  });
});

test('a secret may come as the path of a file; not both, and not from a file that is not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'secret-'));
  const file = join(folder, 'key');
  writeFileSync(file, 'from the file\n');
  expect(readConfig({ TENCENT_SECRET_KEY_FILE: file }, everything).config.TENCENT_SECRET_KEY).toBe('from the file');
  expect(problemsOf({ TENCENT_SECRET_KEY_FILE: file, TENCENT_SECRET_KEY: 'x' })).toEqual([
    'TENCENT_SECRET_KEY: both TENCENT_SECRET_KEY and TENCENT_SECRET_KEY_FILE are set',
  ]);
  rmSync(folder, { recursive: true });
  expect(problemsOf({ TENCENT_SECRET_KEY_FILE: file })[0]).toMatch(/^TENCENT_SECRET_KEY: .*cannot be read/u);
});

test('names that look misspelt are told; others are nobody else’s business', () => {
  const { warnings } = readConfig(
    { WEBHOOK_TOKENS: 'x', TENCENT_SECRET_KEY_FILE: '', PATH: '/bin', WEBHOOKS: '1' },
    everything,
  );
  expect(warnings).toEqual([expect.stringMatching(/^WEBHOOK_TOKENS: /u)]);
});

test('settings are compared with one another once each is right by itself', () => {
  const judge = (): string[] => ['LOG_LEVEL: does not go with WEBHOOK_PORT'];
  expect(() => readConfig({}, everything, [], judge)).toThrow(ConfigError);
});
