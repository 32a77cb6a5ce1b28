import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { RunAs } from './run-as.ts';

/**
 * Whether the user may pass through every folder down to `folder`, by the permission bits. An access
 * list that grants more is not seen: then something is copied that need not have been.
 */
export function canReach(folder: string, user: RunAs | undefined): boolean {
  if (user === undefined) return true;
  for (let at = resolve(folder); ; at = dirname(at)) {
    const { mode, uid, gid } = statSync(at);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Creates what is missing of the folder, open to be passed through whatever the umask says. */
export function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (first === undefined || process.umask() === 0o022) return;
  for (let at = resolve(folder); at.startsWith(first); at = dirname(at)) chmodSync(at, 0o755);
}
