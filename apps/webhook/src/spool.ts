import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, readFile, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@chat-recall/shared/errors';

/** A file is closed at this size, bytes: what is replayed is held in memory. */
const segmentBytes = 16 * 1024 * 1024;

/**
 * Callbacks on the local disk while the database is away: the platform does not send them again. Entries
 * come back in the order in which they were appended, also after kill -9.
 */
export interface Spool<T> {
  /**
   * Makes entries durable on this disk, all or none.
   *
   * @returns false when there is no room for them
   */
  append(entries: readonly T[]): Promise<boolean>;
  /**
   * Gives back what waits, a file at a time, oldest first; a file is gone once `store` has resolved for it.
   * What `store` rejects with ends the replay; the file stays whole and is given again.
   */
  replay(store: (entries: readonly T[]) => Promise<void>): Promise<void>;
  /** Whether entries wait. */
  readonly waiting: boolean;
  /** What waits, bytes. */
  readonly bytes: number;
  readonly full: boolean;
  close(): Promise<void>;
}

export interface SpoolOptions<T> {
  /** A folder of this receiver's own; made when it is not there. */
  readonly dir: string;
  /** What may wait, bytes. */
  readonly maxBytes: number;
  encode(entry: T): object;
  /** @throws for what is no entry */
  decode(line: unknown): T;
  /** Told of lines that cannot be read back; they are kept in a file beside. */
  onBad(file: string, lines: number): void;
}

/**
 * Opens a spool, with what an earlier receiver left in it.
 *
 * @throws ConfigError when the folder cannot be used or another receiver has it
 */
export function openSpool<T>(options: SpoolOptions<T>): Spool<T> {
  const { dir, maxBytes, encode, decode, onBad } = options;
  const unlock = lock(dir);
  const segments = segmentsIn(dir);
  let bytes = segments.reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
  let number = segments.reduce((highest, name) => Math.max(highest, Number.parseInt(name, 10)), 0);
  let current: { name: string; handle: FileHandle; size: number } | undefined;
  // One append or one change of file at a time.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function openSegment(): Promise<{ name: string; handle: FileHandle; size: number }> {
    number += 1;
    const name = `${String(number).padStart(12, '0')}.ndjson`;
    // It holds texts of messages.
    const handle = await open(join(dir, name), 'ax', 0o600);
    await syncFolder(dir);
    segments.push(name);
    return { name, handle, size: 0 };
  }

  async function closeSegment(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.handle.close();
  }

  async function append(entries: readonly T[]): Promise<boolean> {
    const lines = Buffer.from(entries.map((entry) => `${JSON.stringify(encode(entry))}\n`).join(''));
    if (bytes + lines.length > maxBytes) return false;
    current ??= await openSegment();
    const { handle, size } = current;
    try {
      await handle.appendFile(lines);
      await handle.datasync();
    } catch (error) {
      // What is half there was not answered; the next line must not be joined to it.
      await handle.truncate(size).catch(() => {});
      throw error;
    }
    bytes += lines.length;
    current.size += lines.length;
    if (current.size >= segmentBytes) await closeSegment();
    return true;
  }

  async function read(name: string): Promise<T[]> {
    const text = await readFile(join(dir, name), 'utf8');
    const lines = text.split('\n');
    // The last line has no end when the process was killed while it wrote: it was never answered.
    lines.pop();
    const bad: string[] = [];
    const entries = lines.flatMap((line) => {
      try {
        return [decode(JSON.parse(line))];
      } catch {
        bad.push(line);
        return [];
      }
    });
    if (bad.length > 0) {
      writeFileSync(join(dir, `${name}.bad`), `${bad.join('\n')}\n`, { mode: 0o600 });
      onBad(`${name}.bad`, bad.length);
    }
    return entries;
  }

  return {
    append: (entries) => inTurn(() => append(entries)),
    async replay(store) {
      for (let name = segments[0]; name !== undefined; name = segments[0]) {
        const oldest = name;
        // What is appended from now on goes into another file.
        await inTurn(async () => {
          if (current?.name === oldest) await closeSegment();
        });
        const entries = await read(oldest);
        await store(entries);
        const { size } = statSync(join(dir, oldest));
        await unlink(join(dir, oldest));
        await syncFolder(dir);
        segments.shift();
        bytes -= size;
      }
    },
    get waiting() {
      return segments.length > 0;
    },
    get bytes() {
      return bytes;
    },
    get full() {
      return bytes >= maxBytes;
    },
    async close() {
      await inTurn(closeSegment);
      unlock();
    },
  };
}

function segmentsIn(dir: string): string[] {
  return readdirSync(dir)
    .filter((name) => /^\d{12}\.ndjson$/u.test(name))
    .sort();
}

/** A receiver that was killed leaves its lock; one that has its number now is not it. */
function lock(dir: string): () => void {
  const file = join(dir, 'lock');
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const holder = readHolder(file);
    if (holder !== undefined && holder !== process.pid && isAlive(holder)) {
      throw new ConfigError([`WEBHOOK_SPOOL_DIR: another receiver (process ${holder}) has this folder`]);
    }
    writeFileSync(file, String(process.pid), { mode: 0o600 });
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`WEBHOOK_SPOOL_DIR: cannot be used: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`]);
  }
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A file's name is durable only once its folder is. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
