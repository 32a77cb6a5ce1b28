import { readdirSync, statSync } from 'node:fs';
import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '@chat-recall/shared/errors';
import { lockFolder } from './spool-lock.ts';

/** A file is closed at this size, bytes: what is replayed is held in memory. */
const segmentBytes = 16 * 1024 * 1024;
/** So often an entry is refused in replays that brought others in; then it is set aside. */
const mostRefusals = 10;

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
   * Gives back what waits at its beginning, a file at a time, oldest first; a file is gone once `store` has resolved
   * for it. What `store` rejects with ends the replay; the file stays whole and is given again. So it is when `store`
   * resolves with entries that it alone could not store, up to ten times.
   */
  replay(store: (entries: readonly T[]) => Promise<readonly T[]>): Promise<void>;
  /** Whether entries wait. */
  readonly waiting: boolean;
  /** What waits, bytes. */
  readonly bytes: number;
  /**
   * Why the last append came to nothing: `full`, or the code of the disk's error. Undefined again when one came to
   * something, room was made, or a replay has ended.
   */
  readonly refusal: string | undefined;
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
  /** Told of lines that cannot be read back or stored; they are kept in a file beside. */
  onBad(file: string, lines: number): void;
}

interface Segment {
  readonly name: string;
  /** Bytes. */
  size: number;
  refusals: number;
}

/**
 * Opens a spool, with what an earlier receiver left in it.
 *
 * @throws ConfigError when the folder cannot be used or another receiver has it
 */
export async function openSpool<T>(options: SpoolOptions<T>): Promise<Spool<T>> {
  const { dir, maxBytes, encode, decode, onBad } = options;
  const unlock = await lockFolder(dir);
  const names = readdirSync(dir).sort();
  const segments = names
    .filter((name) => /^\d{12}\.ndjson$/u.test(name))
    .map((name): Segment => ({ name, size: statSync(join(dir, name)).size, refusals: 0 }));
  let bytes = segments.reduce((sum, { size }) => sum + size, 0);
  // Files that were set aside count, too: no other may come to have their names.
  let number = Math.max(
    0,
    ...names.flatMap((name) => (/^\d{12}\.ndjson/u.test(name) ? Number.parseInt(name, 10) : [])),
  );
  let refusal: string | undefined;
  let current: { readonly segment: Segment; readonly handle: FileHandle } | undefined;
  // One append or one change of file at a time.
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<R>(work: () => Promise<R>): Promise<R> {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  }

  async function openSegment(): Promise<NonNullable<typeof current>> {
    number += 1;
    const segment = { name: `${String(number).padStart(12, '0')}.ndjson`, size: 0, refusals: 0 };
    // It holds texts of messages.
    const handle = await open(join(dir, segment.name), 'ax', 0o600);
    current = { segment, handle };
    segments.push(segment);
    await syncFolder(dir);
    return current;
  }

  async function closeSegment(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.handle.close();
  }

  /** Takes no more into a file whose end is in doubt: half a line may stand there, which was not answered. */
  async function leaveSegment(atMost: number): Promise<void> {
    if (current === undefined) return;
    const { segment, handle } = current;
    current = undefined;
    try {
      await handle.truncate(segment.size);
    } catch {
      segment.size += atMost;
      bytes += atMost;
    }
    await handle.close().catch(() => {});
    if (segment.size === 0) await remove(segment).catch(() => {});
  }

  async function append(entries: readonly T[]): Promise<boolean> {
    const lines = Buffer.from(entries.map((entry) => `${JSON.stringify(encode(entry))}\n`).join(''));
    if (bytes + lines.length > maxBytes) {
      refusal = 'full';
      return false;
    }
    try {
      const { segment, handle } = current ?? (await openSegment());
      await handle.appendFile(lines);
      await handle.datasync();
      bytes += lines.length;
      segment.size += lines.length;
      if (segment.size >= segmentBytes) await closeSegment();
    } catch (error) {
      refusal = codeOf(error) ?? 'failed';
      await leaveSegment(lines.length);
      throw error;
    }
    refusal = undefined;
    return true;
  }

  async function read({ name }: Segment): Promise<{ lineOf: Map<T, string>; entries: T[]; bad: string[] }> {
    const text = await readFile(join(dir, name), 'utf8');
    const lines = text.split('\n');
    // The last line has no end when the process was killed while it wrote: it was never answered.
    lines.pop();
    const lineOf = new Map<T, string>();
    const bad: string[] = [];
    const entries = lines.flatMap((line) => {
      try {
        const entry = decode(JSON.parse(line));
        lineOf.set(entry, line);
        return [entry];
      } catch {
        bad.push(line);
        return [];
      }
    });
    return { lineOf, entries, bad };
  }

  async function remove(segment: Segment): Promise<void> {
    await rm(join(dir, segment.name), { force: true });
    segments.splice(segments.indexOf(segment), 1);
    bytes -= segment.size;
    await syncFolder(dir);
  }

  /** Ends with a file that was brought in, but for these lines. */
  async function finish(segment: Segment, bad: readonly string[]): Promise<void> {
    if (bad.length > 0) {
      await setAside(join(dir, segment.name), bad);
      await syncFolder(dir);
      onBad(`${segment.name}.bad`, bad.length);
    }
    await remove(segment);
    refusal = undefined;
  }

  return {
    append: (entries) => inTurn(() => append(entries)),
    async replay(store) {
      let took = false;
      const held: { segment: Segment; bad: string[] }[] = [];
      // What is there now alone: while more comes there would be no end.
      const there = segments.slice();
      for (const segment of there) {
        // What is appended from now on goes into another file.
        await inTurn(async () => {
          if (current?.segment === segment) await closeSegment();
        });
        if (!segments.includes(segment)) continue;
        const { lineOf, entries, bad } = await read(segment);
        const refused = await store(entries);
        took ||= refused.length < entries.length;
        if (refused.length === 0) await finish(segment, bad);
        else held.push({ segment, bad: [...bad, ...refused.map((entry) => String(lineOf.get(entry)))] });
      }
      // That others went in tells that it is not the database.
      for (const { segment, bad } of took ? held : []) {
        segment.refusals += 1;
        if (segment.refusals >= mostRefusals) await finish(segment, bad);
      }
      refusal = undefined;
    },
    get waiting() {
      return segments.length > 0;
    },
    get bytes() {
      return bytes;
    },
    get refusal() {
      return refusal;
    },
    async close() {
      await inTurn(closeSegment);
      unlock();
    },
  };
}

async function setAside(path: string, lines: readonly string[]): Promise<void> {
  try {
    const handle = await open(`${path}.bad`, 'w', 0o600);
    try {
      await handle.writeFile(`${lines.join('\n')}\n`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  } catch {
    // No room for it: the whole file takes none, and the next ones, which make some, have their turn.
    await rename(path, `${path}.bad`);
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
