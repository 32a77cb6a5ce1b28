import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import type { RunAs } from './run-as.ts';

/** The superuser, and the owner of everything. */
export const superuser = 'postgres';

/**
 * The cluster's password, random, in a file only this process's user can read. It is written before the
 * cluster is, so that no cluster is ever without it.
 *
 * @throws Error when a cluster is there and its password is not
 */
export function readOrMakePassword(place: string, cluster: string): string {
  const file = join(place, 'password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (isCluster(cluster)) {
    throw new Error(
      `${file} is missing, without which ${cluster} cannot be opened. Restore it, or remove ${place} to begin anew.`,
    );
  }
  const password = randomBytes(18).toString('hex');
  const draft = `${file}.draft`;
  writeFileSync(draft, `${password}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return password;
}

export function isCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/**
 * Creates the cluster unless it is there: in a draft folder that is renamed when it is whole, so that a
 * killed run leaves nothing half made. UTF-8, sorted by code point, without the system's locales.
 *
 * @throws Error when what is there is of another Postgres, of another user, or no cluster
 */
export async function ensureCluster(options: {
  cluster: string;
  password: string;
  binaries: Binaries;
  user: RunAs | undefined;
  durable: boolean;
}): Promise<void> {
  const { cluster, binaries, user } = options;
  if (isCluster(cluster)) {
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
    if (version === binaries.version) return;
    throw new Error(
      `${cluster} is of Postgres ${version}, and this is ${binaries.version}. Dump it with the old version, or move it away to begin anew.`,
    );
  }
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new Error(`${cluster} is not empty and not a Postgres data directory. Move it away to begin anew.`);
  }
  const parent = dirname(cluster);
  for (const name of readdirSync(parent)) {
    if (name.startsWith('draft-')) rmSync(join(parent, name), { recursive: true, force: true });
  }
  const draft = mkdtempSync(join(parent, 'draft-'));
  const passwordFile = `${draft}.password`;
  try {
    writeFileSync(passwordFile, `${options.password}\n`, { mode: 0o600 });
    if (user !== undefined) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid);
    chmodSync(draft, 0o700);
    await runInitdb(binaries.initdb, user, [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(options.durable ? [] : ['--no-sync']),
    ]);
    renameSync(draft, cluster);
  } finally {
    for (const path of [draft, passwordFile]) rmSync(path, { recursive: true, force: true });
  }
}

async function runInitdb(program: string, user: RunAs | undefined, args: string[]): Promise<void> {
  const child = spawn(program, args, {
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return;
  if (output.includes('could not look up effective user ID')) {
    throw new Error(
      `Postgres does not run as the user with id ${process.getuid?.()}, who has no entry in /etc/passwd. ` +
        'Start as a user of this system, or set DATABASE_URL to a Postgres of your own.',
    );
  }
  throw new Error(`initdb failed:\n${output.trim()}`);
}
