import { setTimeout as pause } from 'node:timers/promises';
import { orAfter } from '@chat-recall/shared/lifecycle';
import type { Outage } from './outage.ts';
import { createRoom } from './room.ts';

/** What became of an entry: durable in its place, apart, on the local disk for the moment, or not kept. */
export type Fate = 'stored' | 'quarantined' | 'spooled' | 'lost';

export interface Batcher<T> {
  /** False: nothing more should be brought for the moment. */
  hasRoom(): boolean;
  /** Resolves once the entry is durable or was given up; never rejects. */
  add(entry: T, size: Size): Promise<Fate>;
  /** Rows that wait for a write to begin. */
  waitingRows(): number;
  /** Resolves when nothing waits and nothing is under way. */
  drain(): Promise<void>;
}

export interface Size {
  readonly rows: number;
  readonly bytes: number;
}

export interface BatcherOptions<T> {
  /** One write takes entries up to here; a larger entry goes alone. */
  readonly largest: Size;
  /** Writes under way at once: while one commits the next is put together. */
  readonly maxInFlight: number;
  /** What may wait, and for how long, at most: beyond it `hasRoom` is false and `add` gives up at once. */
  readonly maxWaiting: Size & { readonly ms: number };
  /** Makes all durable or rejects; must be harmless when repeated. */
  write(entries: readonly T[]): Promise<void>;
  /** Whether a write was refused for what is in it, so that repeating it is no use. */
  isRefused(error: unknown): boolean;
  /** Makes an entry that was refused durable elsewhere. */
  setAside(entry: T, error: unknown): Promise<void>;
  /** Where entries go while the database is away; absent: nowhere. */
  readonly outage?: Pick<Outage<T>, 'isAway' | 'keep'> | undefined;
  /** Told of every write that was given up. */
  onLost(error: unknown, entries: number): void;
}

/** How long a failing write is tried again, ms: the platform waits 2 s for its answer. */
const triedForMs = 1_200;
/** Before the second try, ms; doubled from try to try. */
const firstPauseMs = 10;
/** By then an entry has its answer, whatever its write does, ms. */
const answeredWithinMs = 1_700;
/** How often entries without an answer are looked at, ms. */
const sweepEveryMs = 50;

interface Waiting<T> {
  readonly entry: T;
  readonly size: Size;
  /** When it was added, by `performance.now()`. */
  readonly since: number;
  /** Only the first fate counts. */
  readonly settle: (fate: Fate) => void;
  givenUp: boolean;
}

/**
 * Natural batching: what arrives while writes are under way goes into the next one. There is no timer;
 * an idle batcher writes as soon as the event loop has turned once, so that what was parsed in the
 * same turn goes together. A refused batch is halved until the bad entry is alone.
 *
 * A write that stands still keeps its place, so that no more than `maxInFlight` are ever asked of the database;
 * its entries are answered as lost when nobody waits for them any more. Should they become durable later, that
 * does no harm.
 */
export function createBatcher<T>(options: BatcherOptions<T>): Batcher<T> {
  const { largest, maxInFlight } = options;
  const waiting: Waiting<T>[] = [];
  let rows = 0;
  let bytes = 0;
  const room = createRoom(options.maxWaiting);
  const underWay = new Set<readonly Waiting<T>[]>();
  let scheduled = false;
  let sweeping = false;
  const idle: (() => void)[] = [];

  function schedule(): void {
    if (scheduled || underWay.size >= maxInFlight || waiting.length === 0) return;
    scheduled = true;
    setImmediate(begin);
  }

  function watch(): void {
    if (sweeping || (underWay.size === 0 && waiting.length === 0)) return;
    sweeping = true;
    setTimeout(sweep, sweepEveryMs).unref();
  }

  function sweep(): void {
    sweeping = false;
    const before = performance.now() - answeredWithinMs;
    const inTime = waiting.findIndex(({ since }) => since >= before);
    const late = remove(inTime === -1 ? waiting.length : inTime);
    for (const batch of underWay) late.push(...batch.filter(({ since, givenUp }) => since < before && !givenUp));
    if (late.length > 0) giveUp(late, new Error('the database did not answer in time'));
    watch();
  }

  function begin(): void {
    scheduled = false;
    const batch = take();
    underWay.add(batch);
    watch();
    void keep(batch).then(() => {
      underWay.delete(batch);
      schedule();
      if (underWay.size === 0 && waiting.length === 0) for (const tell of idle.splice(0)) tell();
    });
    schedule();
  }

  function take(): Waiting<T>[] {
    let count = 0;
    let taken: Size = { rows: 0, bytes: 0 };
    for (const { size } of waiting) {
      const sum = { rows: taken.rows + size.rows, bytes: taken.bytes + size.bytes };
      if (count > 0 && (sum.rows > largest.rows || sum.bytes > largest.bytes)) break;
      taken = sum;
      count += 1;
    }
    return remove(count);
  }

  /** Takes the oldest so many out of what waits. */
  function remove(count: number): Waiting<T>[] {
    const removed = waiting.splice(0, count);
    for (const { size } of removed) {
      rows -= size.rows;
      bytes -= size.bytes;
    }
    return removed;
  }

  /** Never rejects. */
  async function keep(batch: readonly Waiting<T>[]): Promise<void> {
    if (options.outage?.isAway() === true && (await spool(batch))) return;
    try {
      await writeInTime(batch.map(({ entry }) => entry));
      for (const { settle } of batch) settle('stored');
      const stored = batch.reduce((sum, { size }) => sum + size.rows, 0);
      if (batch[0] !== undefined) room.learn(stored, performance.now() - batch[0].since);
    } catch (error) {
      const [only] = batch;
      if (!options.isRefused(error)) await spoolOrGiveUp(batch, error);
      else if (batch.length === 1 && only !== undefined) await keepApart(only, error);
      else {
        const middle = batch.length >> 1;
        await keep(batch.slice(0, middle));
        await keep(batch.slice(middle));
      }
    }
  }

  /**
   * Pooled connections may have died since their last use, two batches may have got in each other's
   * way, or the database is just starting anew: worth a moment, for the platform does not repeat itself.
   */
  async function writeInTime(entries: readonly T[]): Promise<void> {
    const began = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      try {
        await (options.outage === undefined ? options.write(entries) : withinTime(options.write(entries), began));
        return;
      } catch (error) {
        if (options.isRefused(error) || performance.now() - began + pauseMs > triedForMs) throw error;
        await pause(pauseMs);
      }
    }
  }

  /** With a disk to go to, a database that does not answer is not waited for longer than the platform waits. */
  function withinTime(writing: Promise<void>, began: number): Promise<void> {
    // What still comes of it is harmless: entries may be written twice.
    return orAfter(writing, Math.max(0, began + triedForMs - performance.now()), () => {
      throw new Error('the database did not answer in time');
    });
  }

  async function spool(batch: readonly Waiting<T>[]): Promise<boolean> {
    try {
      if ((await options.outage?.keep(batch.map(({ entry }) => entry))) !== true) return false;
    } catch (error) {
      options.onLost(error, 0);
      return false;
    }
    for (const { settle } of batch) settle('spooled');
    return true;
  }

  async function spoolOrGiveUp(batch: readonly Waiting<T>[], error: unknown): Promise<void> {
    if (!(await spool(batch))) giveUp(batch, error);
  }

  async function keepApart(item: Waiting<T>, error: unknown): Promise<void> {
    try {
      await options.setAside(item.entry, error);
      item.settle('quarantined');
    } catch (asideError) {
      await spoolOrGiveUp([item], asideError);
    }
  }

  function giveUp(batch: readonly Waiting<T>[], error: unknown): void {
    options.onLost(error, batch.length);
    for (const item of batch) {
      item.givenUp = true;
      item.settle('lost');
    }
  }

  const hasRoom = (): boolean => room.has({ rows, bytes }, waiting[0]?.since);
  return {
    hasRoom,
    add(entry, size) {
      if (!hasRoom()) return Promise.resolve('lost');
      return new Promise((settle) => {
        waiting.push({ entry, size, since: performance.now(), settle, givenUp: false });
        rows += size.rows;
        bytes += size.bytes;
        schedule();
      });
    },
    waitingRows: () => rows,
    drain() {
      if (underWay.size === 0 && waiting.length === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
  };
}
