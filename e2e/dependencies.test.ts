import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);

/** Every package.json of ours, with the name of its folder. */
function packages(): { workspace: string; file: URL }[] {
  const workspaces = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(new URL(folder, root)).map((workspace) => ({
      workspace,
      file: new URL(`${folder}/${workspace}/package.json`, root),
    })),
  );
  return [{ workspace: 'root', file: new URL('package.json', root) }, ...workspaces];
}

/** `package version: workspaces` of every direct dependency from outside, sorted. */
function declared(kind: 'dependencies' | 'devDependencies'): string[] {
  const users = new Map<string, string[]>();
  for (const { workspace, file } of packages()) {
    const own = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
    for (const [name, version] of Object.entries(own[kind] ?? {})) {
      if (name.startsWith('@chat-recall/')) continue;
      const key = `${name} ${version}`;
      users.set(key, [...(users.get(key) ?? []), workspace]);
    }
  }
  return [...users].map(([key, workspaces]) => `${key}: ${workspaces.sort().join(', ')}`).sort();
}

/** The same from the table under a heading of DEPENDENCIES.md; every row must give a reason. */
function documented(heading: string): string[] {
  const text = readFileSync(new URL('DEPENDENCIES.md', root), 'utf8');
  const section = text.split(/^## /mu).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return rows
    .map((row) => {
      const [, name = '', version = '', users = '', reason = ''] = row.split('|').map((cell) => cell.trim());
      if (reason.length < 10) throw new Error(`DEPENDENCIES.md gives no reason for ${name}`);
      return `${name.replaceAll('`', '')} ${version}: ${users.split(', ').sort().join(', ')}`;
    })
    .sort();
}

test.each([
  ['At run time', 'dependencies'],
  ['For development', 'devDependencies'],
] as const)('DEPENDENCIES.md, "%s", names the direct dependencies as they are', (heading, kind) => {
  expect(documented(heading)).toEqual(declared(kind));
});

test('each dependency has one version in all workspaces, and an exact one', () => {
  const all = [...declared('dependencies'), ...declared('devDependencies')];
  const versions = new Map<string, string>();
  for (const line of all) {
    const [name = '', version = ''] = line.replace(/:.*$/u, '').split(' ');
    expect(version).toMatch(/^\d+\.\d+\.\d+/u);
    expect(`${name} ${versions.get(name) ?? version}`).toBe(`${name} ${version}`);
    versions.set(name, version);
  }
});

test('package-lock.json has the binaries of every platform, or `npm ci` refuses it: node scripts/complete-lock.mjs', () => {
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const places = new Set(Object.keys(lock.packages).map((place) => place.split('node_modules/').at(-1)));
  const wanted = Object.values(lock.packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(wanted.filter((name) => !places.has(name))).toEqual([]);
});
