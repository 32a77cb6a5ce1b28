import { chmodSync, existsSync, mkdtempSync, readlinkSync, realpathSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canReach, makeFolder } from './reach.ts';
import type { RunAs } from './run-as.ts';

/** Names of throw-away data folders begin so; the sweep goes by it. */
export const temporaryPrefix = 'chat-recall-postgres-';

/** Where root keeps data that the server's user could not reach in the repository. */
const systemDataFolder = '/var/lib/chat-recall';

/** The folders in which throw-away data may stand. */
export function temporaryFolders(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp'])].filter((folder) => existsSync(folder));
}

/** A new private folder for throw-away data, where the user can reach it. */
export function makeTemporaryPlace(user: RunAs | undefined): string {
  const folder = temporaryFolders().find((each) => canReach(each, user)) ?? tmpdir();
  const place = mkdtempSync(join(folder, temporaryPrefix));
  chmodSync(place, 0o711);
  return realpathSync(place);
}

/** Creates the folder of a persistent server's data and gives its real path. */
export function makePlace(dataDir: string): string {
  makeFolder(dataDir);
  return realpathSync(dataDir);
}

/** @throws Error unless the folder is new or empty: a throw-away server removes all that stands in it */
export function makeEmptyPlace(dataDir: string): string {
  const place = makePlace(dataDir);
  if (readdirSync(place).length === 0) return place;
  throw new Error(`${place} is not empty: a throw-away server would remove what stands in it.`);
}

/** Where the cluster of a place stands, as far as that is settled. */
export function clusterOf(place: string): string {
  const cluster = join(place, 'cluster');
  try {
    return readlinkSync(cluster);
  } catch {
    return cluster;
  }
}

/**
 * Where a new cluster goes: into the place, or, when the server's user cannot reach that (a clone under
 * /root), below /var/lib with a link in the place.
 */
export function settleCluster(place: string, user: RunAs | undefined, log: (line: string) => void): string {
  const cluster = clusterOf(place);
  if (cluster !== join(place, 'cluster') || canReach(place, user)) return cluster;
  makeFolder(systemDataFolder);
  const elsewhere = mkdtempSync(join(systemDataFolder, 'postgres-'));
  chmodSync(elsewhere, 0o711);
  const moved = join(elsewhere, 'cluster');
  symlinkSync(moved, cluster);
  log(`Postgres runs as ${user?.name}, who cannot reach ${place}: its data goes to ${moved} (linked from ${cluster})`);
  return moved;
}
