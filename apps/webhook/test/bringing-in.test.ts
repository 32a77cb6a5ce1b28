import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually, testLog } from '@chat-recall/testkit';
import { createOutage, type Outage } from '../src/outage.ts';
import { openSpool, type Spool } from '../src/spool.ts';

let dir: string;
let spool: Spool<number>;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bringing-in-'));
  spool = await openSpool<number>({
    dir,
    maxBytes: 1_000_000,
    encode: (n) => ({ n }),
    decode: (line) => (line as { n: number }).n,
    onBad() {},
  });
});
afterEach(async () => {
  await spool.close();
  rmSync(dir, { recursive: true });
});

function start(store: (entries: readonly number[]) => Promise<void>): Outage<number> {
  return createOutage({ spool, awayAtStart: true, probe: async () => {}, store, log: testLog('webhook') });
}
const upTo = (n: number): number[] => Array.from({ length: n }, (_, at) => at);

test('one that is stopped waits for the write under way alone; the rest stays on the disk', async () => {
  await spool.append(upTo(1_400));
  const stored: number[] = [];
  let stopped: Promise<void> | undefined;
  const outage = start(async (entries) => {
    stopped = outage.stop();
    stored.push(...entries);
  });
  await eventually(() => stopped !== undefined);
  await stopped;
  expect([stored.length, spool.waiting]).toEqual([500, true]);
  const again: number[] = [];
  await spool.replay(async (entries) => {
    again.push(...entries);
    return [];
  });
  expect(again).toEqual(upTo(1_400));
});

test('callbacks go to the database again after a slow write in the middle of it, though more was kept', async () => {
  await spool.append([1]);
  const away: boolean[] = [];
  const outage = start(async () => {
    away.push(outage.isAway());
    // As a batch does whose own write takes too long beside this one.
    if (away.length === 1) await outage.keep([2]);
  });
  await eventually(() => away.length === 2);
  expect(away).toEqual([false, false]);
  await outage.stop();
});

test('what alone is not taken is found among the others, which go in', async () => {
  await spool.append(upTo(1_000));
  const stored = new Set<number>();
  const outage = start(async (entries) => {
    if (entries.includes(700)) throw new TypeError('odd');
    for (const entry of entries) stored.add(entry);
  });
  await eventually(() => stored.size === 999);
  await outage.stop();
});

test('while the database takes nothing, nothing is set aside', async () => {
  await spool.append(upTo(1_000));
  let tried = 0;
  const outage = start(async () => {
    tried += 1;
    throw new Error('read-only');
  });
  await eventually(() => tried > 100);
  await outage.stop();
  const left: number[] = [];
  await spool.replay(async (entries) => {
    left.push(...entries);
    return [];
  });
  expect(left).toHaveLength(1_000);
});
