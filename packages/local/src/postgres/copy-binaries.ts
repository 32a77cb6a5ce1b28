import { chmodSync, cpSync, lstatSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { canReach, makeFolder } from './reach.ts';
import { restoreLinks } from './restore-links.ts';
import type { RunAs } from './run-as.ts';

/** Tries to put a copy in the place of what is there and not fit. */
const copyTries = 3;

/**
 * Copies the binaries' package (about 55 MB) to a cache that the user can reach and that nobody else
 * could have prepared, once per version.
 *
 * @param isFit tries a copy that is already there
 * @returns the copy's root folder
 */
export function copyBinaries(
  root: string,
  version: string,
  user: RunAs | undefined,
  isFit: (copy: string) => boolean,
  log: (line: string) => void,
): string {
  const cache = cacheFolder(user);
  const copy = join(cache, `postgres-${version}`);
  if (isOurs(copy) && isFit(copy)) return copy;
  const draft = mkdtempSync(join(cache, 'draft-'));
  try {
    log(`copying the Postgres binaries to ${copy}: they cannot be run where they are installed`);
    for (const part of ['package.json', 'native']) {
      cpSync(join(root, part), join(draft, part), { recursive: true, verbatimSymlinks: true, filter: isNeeded });
    }
    restoreLinks(draft);
    openForAll(draft);
    put(draft, copy, () => isOurs(copy) && isFit(copy));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return copy;
}

/** Gives way to a fit copy that another process has put there meanwhile, and may be running by now. */
function put(draft: string, copy: string, isGood: () => boolean): void {
  for (let tries = 1; ; tries += 1) {
    try {
      renameSync(draft, copy);
      return;
    } catch (error) {
      if (isGood()) return;
      if (tries === copyTries) throw error;
      rmSync(copy, { recursive: true, force: true });
    }
  }
}

/** The system's cache for root, the user's own otherwise; a private temporary folder if neither will do. */
function cacheFolder(user: RunAs | undefined): string {
  const own = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const folder = join(user === undefined ? own : '/var/cache', 'chat-recall');
  try {
    makeFolder(folder);
    if (isOurs(folder) && canReach(folder, user)) return folder;
  } catch {
    // A read-only system, or a user without a home.
  }
  const temporary = mkdtempSync(join(user === undefined ? tmpdir() : '/tmp', 'chat-recall-cache-'));
  chmodSync(temporary, 0o755);
  return temporary;
}

/** A folder, not a link, that belongs to this process's user and that no other user may write. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return stat !== undefined && stat.isDirectory() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}

function isNeeded(file: string): boolean {
  return !file.endsWith('.a') && !file.endsWith('/pkgconfig');
}

/** Readable by all, and passable or executable where the owner may: whatever umask they were installed with. */
function openForAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openForAll(path);
    else if (entry.isFile()) chmodSync(path, (lstatSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
