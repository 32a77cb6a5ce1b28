import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { repository } from '@chat-recall/local';

const read = (path: string): string => readFileSync(`${repository}${path}`, 'utf8');

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; in all of them those of level 3 come last. */
const sections: Readonly<Record<string, readonly number[]>> = {
  1: [2, 9, 11, 3, 2],
  2: [3, 3, 4, 1],
  3: [0, 2, 4, 6, 5, 0, 2],
  4: [3, 1, 2, 4],
  5: [1, 3, 2, 3],
  6: [3, 12, 4, 4, 5, 3, 0, 4],
  7: [3, 4, 2, 5, 2, 2],
  8: [2, 3, 1, 1],
  9: [3, 4],
  10: [2, 2, 4, 11, 5, 2, 3],
  11: [2, 3, 3, 4, 1, 1],
  12: [3, 2, 4],
  13: [1, 5, 2, 5],
  14: [2, 4, 3],
  15: [3, 3, 7],
  16: [1, 5, 4, 3, 3],
  17: [1, 4, 2],
};

interface Row {
  readonly ids: readonly string[];
  readonly state: string;
  readonly how: string;
  readonly tests: string;
}

function rows(): Row[] {
  return read('docs/security/asvs.md')
    .split('\n')
    .filter((line) => /^\| \d+\.\d+\.\d+/u.test(line))
    .map((line) => {
      const [, ids = '', , state = '', how = '', tests = ''] = line.split('|').map((cell) => cell.trim());
      return { ids: ids.split(', '), state, how, tests };
    });
}

test('every requirement of levels 1 and 2 is judged once', () => {
  const wanted = Object.entries(sections).flatMap(([chapter, counts]) =>
    counts.flatMap((count, at) => Array.from({ length: count }, (_, n) => `${chapter}.${at + 1}.${n + 1}`)),
  );
  expect(wanted).toHaveLength(253);
  expect(
    rows()
      .flatMap(({ ids }) => ids)
      .toSorted(),
  ).toEqual(wanted.toSorted());
});

test('what is met names a test, and every test that is named exists', () => {
  for (const { ids, state, how, tests } of rows()) {
    expect(['met', 'partly', 'by you', 'not met', '–']).toContain(state);
    expect([ids, how]).not.toEqual([ids, '']);
    const named = [...tests.matchAll(/`([^`]+)`: “([^”]+)”/gu)].map(([, file = '', name = '']) => ({ file, name }));
    if (state === 'met') expect([ids, named.length > 0]).toEqual([ids, true]);
    for (const { file, name } of named) {
      expect([file, existsSync(`${repository}${file}`)]).toEqual([file, true]);
      expect([file, name, declares(read(file), name)]).toEqual([file, name, true]);
    }
  }
});

/** Whether a file declares a test, or a table of tests, with these words in its title. */
function declares(source: string, name: string): boolean {
  const at = source.indexOf(name);
  return at !== -1 && /(?:test|\))\s*(?:\.each[^]*)?\(\s*['"`][^\n]*$/u.test(source.slice(Math.max(0, at - 200), at));
}

test('the counts in its head are those of its rows', () => {
  const head = read('docs/security/asvs.md').split('\n## ', 1)[0] ?? '';
  for (const state of ['met', 'partly', 'by you', 'not met', '–']) {
    const count = rows()
      .filter((row) => row.state === state)
      .flatMap(({ ids }) => ids).length;
    expect(head).toMatch(new RegExp(`^\\| ${state} +\\|.*\\| ${count} +\\|$`, 'mu'));
  }
});

/** Secrets, and the services that read them. */
const readers: Readonly<Record<string, readonly string[]>> = {
  TENCENT_SECRET_KEY: ['worker'],
  WEBHOOK_TOKEN: ['webhook'],
  CONSOLE_ADMIN_TOKEN: ['console'],
  OIDC_CLIENT_SECRET: ['console'],
  POSTGRES_PASSWORD: [],
  DATABASE_RECEIVER_PASSWORD: ['migrate'],
  DATABASE_WORKER_PASSWORD: ['migrate'],
  DATABASE_CONSOLE_PASSWORD: ['migrate'],
};

test('each container gets no secret that it does not read', () => {
  const compose = read('docker-compose.yml');
  const declared = compose.slice(compose.indexOf('\nservices:'));
  const stores = /^x-stores:[^]*?(?=^\S)/mu.exec(compose.slice(compose.indexOf('x-stores')))?.[0] ?? '';
  for (const service of ['migrate', 'webhook', 'worker', 'console']) {
    const [text = ''] = new RegExp(`^  ${service}:.*\\n(?:(?: {4}.*)?\\n)+`, 'mu').exec(declared) ?? [];
    expect(text).toContain('<<: *stores');
    for (const [secret, services] of Object.entries(readers)) {
      const blank = `${secret}: ''\n`;
      const own = text.includes(`${secret}: `);
      const isBlank = own ? text.includes(blank) : stores.includes(blank);
      expect([service, secret, isBlank]).toEqual([service, secret, !services.includes(service)]);
    }
  }
});

test('the image holds no repository, settings or secrets of whoever builds it', () => {
  const left = read('.dockerignore').split('\n');
  for (const path of ['.git', '.env', '.data', 'secrets', '**/test', 'e2e']) expect(left).toContain(path);
  const final =
    read('Dockerfile')
      .split(/^FROM /mu)
      .at(-1) ?? '';
  expect(final).not.toMatch(/^COPY (?:--\S+ )?\. /mu);
  expect(final).toMatch(/^USER node$/mu);
  // The test kit and the embedded Postgres stay outside.
  expect(final).not.toMatch(/packages\/(?:testkit|local)\b/u);
});
