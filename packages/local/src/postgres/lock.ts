import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processMark } from './process-mark.ts';

/** How often a waiter looks again, ms. */
const lookEveryMs = 50;

export interface Lock {
  /** Frees it; a second call does nothing. */
  release(): void;
}

/** Somebody else holds the lock, and is alive. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly holderPid: number;

  constructor(path: string, holderPid: number) {
    super(`${path} is held by process ${holderPid}`);
    this.holderPid = holderPid;
  }
}

/**
 * A lock between processes of one machine that a killed holder cannot leave behind: it counts only while
 * the process `ownerPid` (default: this one) lives.
 *
 * Node has no flock, and "delete the stale file, create mine" lets two takers in. So the lock is the
 * newest of numbered files `<path>.<n>`: whoever finds it free or dead creates the next number, which
 * succeeds for one only, and the newest file is never deleted.
 *
 * @throws LockHeldError after `waitMs` (default 0)
 */
export async function acquireLock(path: string, options: { ownerPid?: number; waitMs?: number } = {}): Promise<Lock> {
  const deadline = performance.now() + (options.waitMs ?? 0);
  for (;;) {
    const taken = tryLock(path, options.ownerPid ?? process.pid);
    if (typeof taken !== 'number') return taken;
    if (performance.now() >= deadline) throw new LockHeldError(path, taken);
    await delay(lookEveryMs);
  }
}

/** The lock, or the id of the process that holds it. */
function tryLock(path: string, ownerPid: number): Lock | number {
  for (;;) {
    const newest = generations(path).at(-1) ?? 0;
    const holder = newest === 0 ? 0 : holderOf(`${path}.${newest}`);
    if (holder === undefined) continue;
    if (holder !== 0) return holder;
    const mine = newest + 1;
    if (!createWhole(`${path}.${mine}`, JSON.stringify({ pid: ownerPid, mark: processMark(ownerPid) }))) continue;
    const all = generations(path);
    // This process may have slept between looking and creating, while the lock went on through `mine`.
    if (all.at(-1) !== mine) {
      rmSync(`${path}.${mine}`, { force: true });
      continue;
    }
    for (const old of all.slice(0, -1)) rmSync(`${path}.${old}`, { force: true });
    return { release: once(() => replace(`${path}.${mine}`, '{}')) };
  }
}

function generations(path: string): number[] {
  const prefix = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/u.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)))
    .sort((a, b) => a - b);
}

/** The living holder's id, 0 when free or dead, undefined when the file is no longer there. */
function holderOf(file: string): number | undefined {
  try {
    const { pid, mark } = JSON.parse(readFileSync(file, 'utf8')) as { pid?: number; mark?: string };
    return pid !== undefined && mark !== undefined && processMark(pid) === mark ? pid : 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    if (error instanceof SyntaxError) return 0;
    throw error;
  }
}

/** Creates the file with all of its text at once; false when it is there already. */
function createWhole(file: string, text: string): boolean {
  const draft = draftOf(file);
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replace(file: string, text: string): void {
  const draft = draftOf(file);
  try {
    writeFileSync(draft, text);
    renameSync(draft, file);
  } catch (error) {
    // The folder was removed meanwhile, and the lock with it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function draftOf(file: string): string {
  return `${file}.draft-${randomBytes(6).toString('hex')}`;
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
