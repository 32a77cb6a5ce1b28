import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock, isRunning } from '@chat-recall/local';
import { currentRun, type Run } from './run-folder.ts';

/** How long a process waits for another that is starting the server, ms. */
const startWithinMs = 60_000;

/** A server of this run, and how global-teardown.js ends it. */
export interface SharedServer {
  readonly url: string;
  readonly pid: number;
  readonly signal: NodeJS.Signals;
  /** A folder to remove afterwards. */
  readonly remove?: string;
}

/**
 * The URL of a server that all processes of the run share: the first to ask starts it, under a lock, and
 * the others find it in the run's folder. One that died is started anew.
 */
export async function sharedServer(name: string, start: (run: Run) => Promise<SharedServer>): Promise<string> {
  const run = currentRun();
  const file = join(run.folder, `${name}.json`);
  const there = readRunning(file);
  if (there !== undefined) return there.url;
  const lock = await acquireLock(join(run.folder, `${name}.lock`), { waitMs: startWithinMs });
  try {
    const meanwhile = readRunning(file);
    if (meanwhile !== undefined) return meanwhile.url;
    const server = await start(run);
    writeFileSync(`${file}.draft`, JSON.stringify(server));
    renameSync(`${file}.draft`, file);
    return server.url;
  } finally {
    lock.release();
  }
}

function readRunning(file: string): SharedServer | undefined {
  try {
    const server = JSON.parse(readFileSync(file, 'utf8')) as SharedServer;
    return isRunning(server.pid) ? server : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
