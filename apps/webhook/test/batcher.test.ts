import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import { createBatcher, type Batcher, type BatcherOptions, type Size } from '../src/batcher.ts';

class Refused extends Error {}

interface Gate {
  /** The writes under way, in order; each ends when told. */
  readonly writes: { entries: readonly number[]; end(error?: Error): void }[];
  readonly aside: number[];
  readonly lost: number[];
  readonly batcher: Batcher<number>;
}

/** A batcher whose writes wait to be ended. */
function gated(change: Partial<BatcherOptions<number>> = {}): Gate {
  const writes: Gate['writes'] = [];
  const aside: number[] = [];
  const lost: number[] = [];
  const batcher = createBatcher<number>({
    largest: { rows: 10, bytes: 1_000 },
    maxInFlight: 2,
    maxWaiting: { rows: 100, bytes: 10_000, ms: 60_000 },
    write: (entries) =>
      new Promise((resolve, reject) => {
        writes.push({ entries, end: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    isRefused: (error) => error instanceof Refused,
    async setAside(entry) {
      aside.push(entry);
    },
    onLost: (_error, entries) => void lost.push(entries),
    ...change,
  });
  return { writes, aside, lost, batcher };
}

const one: Size = { rows: 1, bytes: 1 };

describe('createBatcher', () => {
  test('writes together what comes in one turn, and what comes while writes are under way', async () => {
    const { writes, batcher } = gated();
    const fates = [1, 2, 3].map((entry) => batcher.add(entry, one));
    expect(writes).toHaveLength(0);
    await turn();
    expect(writes.map(({ entries }) => entries)).toEqual([[1, 2, 3]]);
    fates.push(batcher.add(4, one));
    await turn();
    for (const entry of [5, 6, 7]) {
      fates.push(batcher.add(entry, one));
      await turn();
    }
    // Two are under way: the others wait.
    expect(writes.map(({ entries }) => entries)).toEqual([[1, 2, 3], [4]]);
    expect(batcher.waitingRows()).toBe(3);
    writes[1]?.end();
    await turn();
    await turn();
    expect(writes.map(({ entries }) => entries)).toEqual([[1, 2, 3], [4], [5, 6, 7]]);
    writes[0]?.end();
    writes[2]?.end();
    await batcher.drain();
    expect(await Promise.all(fates)).toEqual(fates.map(() => 'stored'));
    await batcher.drain();
  });

  test('a write has a largest size; what is larger goes alone', async () => {
    const { writes, batcher } = gated({ maxInFlight: 5 });
    const sizes = [4, 4, 4, 25, 1, 9, 1].map((rows) => ({ rows, bytes: 1 }));
    sizes.push({ rows: 1, bytes: 999 }, { rows: 1, bytes: 2 });
    for (const [at, size] of sizes.entries()) void batcher.add(at, size);
    for (let round = 0; round < 8; round += 1) {
      await turn();
      for (const write of writes) write.end();
    }
    expect(writes.map(({ entries }) => entries)).toEqual([[0, 1], [2], [3], [4, 5], [6, 7], [8]]);
  });

  test('only so much may wait', async () => {
    const { writes, batcher } = gated({ maxWaiting: { rows: 3, bytes: 100, ms: 60_000 } });
    const fates = [1, 2, 3].map((entry) => batcher.add(entry, one));
    expect(batcher.hasRoom()).toBe(false);
    expect(await batcher.add(4, one)).toBe('lost');
    await turn();
    expect(batcher.hasRoom()).toBe(true);
    void batcher.add(5, { rows: 1, bytes: 200 });
    expect(batcher.hasRoom()).toBe(false);
    await turn();
    for (const write of writes) write.end();
    expect(await Promise.all(fates)).toEqual(['stored', 'stored', 'stored']);
    await batcher.drain();
    expect(batcher.hasRoom()).toBe(true);
  });

  test('entries of a write that stands still are answered in time, it keeps its place, and what waits is not late', async () => {
    const { writes, lost, batcher } = gated({ maxInFlight: 1, maxWaiting: { rows: 100, bytes: 10_000, ms: 700 } });
    const first = batcher.add(1, one);
    await turn();
    const second = batcher.add(2, one);
    const began = performance.now();
    await eventually(() => !batcher.hasRoom());
    // Refused at once, long before those that wait are given up.
    expect(await batcher.add(3, one)).toBe('lost');
    expect(batcher.waitingRows()).toBe(1);
    expect(await Promise.all([first, second])).toEqual(['lost', 'lost']);
    expect(performance.now() - began).toBeLessThan(1_950);
    // What comes now waits for its turn, and is not asked of the database meanwhile.
    const third = batcher.add(4, one);
    await turn();
    expect(writes.map(({ entries }) => entries)).toEqual([[1]]);
    writes[0]?.end();
    await eventually(() => writes.length === 2);
    writes[1]?.end();
    expect(writes.map(({ entries }) => entries)).toEqual([[1], [4]]);
    expect(await third).toBe('stored');
    // Each entry is told of once.
    expect(lost.reduce((sum, entries) => sum + entries, 0)).toBe(2);
    await batcher.drain();
  });

  test('a refused batch is halved until the bad ones are alone', async () => {
    const kept: number[] = [];
    let calls = 0;
    const { aside, batcher } = gated({
      largest: { rows: 64, bytes: 1_000 },
      async write(entries) {
        calls += 1;
        if (entries.some((entry) => entry % 40 === 17)) throw new Refused();
        kept.push(...entries);
      },
    });
    const fates = await Promise.all(Array.from({ length: 64 }, (_, entry) => batcher.add(entry, one)));
    expect(aside).toEqual([17, 57]);
    expect(kept).toEqual(Array.from({ length: 64 }, (_, entry) => entry).filter((entry) => entry % 40 !== 17));
    expect(fates.map((fate, entry) => (fate === 'quarantined' ? entry : -1)).filter((entry) => entry >= 0)).toEqual([
      17, 57,
    ]);
    expect(calls).toBeLessThan(30);
  });

  test('a failing write is tried again for a moment, then given up; the next ones go on', async () => {
    let failures = 3;
    const { lost, batcher } = gated({
      async write() {
        if (failures > 0) throw new Error(`gone ${failures--}`);
      },
    });
    expect(await batcher.add(1, one)).toBe('stored');
    failures = 100;
    const began = performance.now();
    expect(await Promise.all([batcher.add(2, one), batcher.add(3, one)])).toEqual(['lost', 'lost']);
    // The platform waits for 2 s.
    expect(performance.now() - began).toBeLessThan(1_900);
    expect(lost).toEqual([2]);
    failures = 0;
    expect(await batcher.add(4, one)).toBe('stored');
  });

  test('what can be kept nowhere is lost, and only that', async () => {
    const { batcher } = gated({
      async write(entries) {
        if (entries.includes(2)) throw new Refused();
      },
      async setAside() {
        throw new Error('gone');
      },
    });
    expect(await Promise.all([1, 2, 3].map((entry) => batcher.add(entry, one)))).toEqual(['stored', 'lost', 'stored']);
  });
});
