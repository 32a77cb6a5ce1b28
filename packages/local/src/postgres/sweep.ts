import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock, LockHeldError } from './lock.ts';
import { clusterOf, temporaryFolders, temporaryPrefix } from './place.ts';
import { stopPreviousServer } from './previous-server.ts';

/** A folder this young may be about to get its lock, ms. */
const youngMs = 60_000;

/** Removes the throw-away data of owners that are gone, and servers still running on it. Never fails. */
export async function sweepTemporaryPlaces(log: (line: string) => void): Promise<void> {
  for (const folder of temporaryFolders()) {
    for (const name of readdirSync(folder).filter((each) => each.startsWith(temporaryPrefix))) {
      await sweep(join(folder, name), log).catch(() => {
        // Somebody else's, or being swept by another process.
      });
    }
  }
}

async function sweep(place: string, log: (line: string) => void): Promise<void> {
  const { uid, mtimeMs } = statSync(place);
  if (uid !== process.getuid?.()) return;
  if (!readdirSync(place).some((name) => name.startsWith('lock.')) && Date.now() - mtimeMs < youngMs) return;
  try {
    await acquireLock(join(place, 'lock'));
  } catch (error) {
    if (error instanceof LockHeldError) return;
    throw error;
  }
  await stopPreviousServer(clusterOf(place), log);
  rmSync(place, { recursive: true, force: true, maxRetries: 3 });
}
