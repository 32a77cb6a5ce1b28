import { spawnSync } from 'node:child_process';

/** The system user that the server runs as, when that is not this process's own. */
export interface RunAs {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts that exist without anybody's doing; none is created, for the machine is not ours. */
const candidates = ['nobody', 'postgres', 'daemon'];

/**
 * Postgres refuses to run as root, so root starts it as another user: the owner of the data if there is
 * any, else an unprivileged account of the system. Undefined: run as we are.
 */
export function chooseRunAs(ownerOfData?: { uid: number; gid: number }): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (ownerOfData !== undefined && ownerOfData.uid !== 0) {
    return { name: `the user with id ${ownerOfData.uid}`, uid: ownerOfData.uid, gid: ownerOfData.gid };
  }
  const refusals: string[] = [];
  for (const name of candidates) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid === undefined || gid === undefined || uid === 0) {
      refusals.push(`${name}: no such user`);
      continue;
    }
    const { error } = spawnSync('/bin/sh', ['-c', 'exit 0'], { uid, gid, cwd: '/' });
    if (error === undefined) return { name, uid, gid };
    refusals.push(`${name}: ${(error as NodeJS.ErrnoException).code}`);
  }
  throw new Error(
    `Postgres does not run as root, and root here cannot become another user (${refusals.join('; ')}). ` +
      'Start as a user other than root, or set DATABASE_URL to a Postgres of your own.',
  );
}

function idOf(what: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [what, name], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : undefined;
}
