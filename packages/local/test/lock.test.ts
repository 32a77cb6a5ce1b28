import { appendFileSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { acquireLock, LockHeldError } from '../src/index.ts';
import { makeFolder, removeFolders, spawnFixture } from './fixtures/servers.ts';

afterAll(removeFolders);

test('one holder at a time; free after release', async () => {
  const path = join(makeFolder(), 'lock');
  const lock = await acquireLock(path);
  await expect(acquireLock(path)).rejects.toThrow(LockHeldError);
  await expect(acquireLock(path)).rejects.toMatchObject({ holderPid: process.pid });
  lock.release();
  lock.release();
  const again = await acquireLock(path);
  again.release();
});

test('a waiter gets it when it is released', async () => {
  const path = join(makeFolder(), 'lock');
  const lock = await acquireLock(path);
  const waiting = acquireLock(path, { waitMs: 10_000 });
  lock.release();
  (await waiting).release();
});

test('a killed holder is no holder, nor is another process with its id', async () => {
  const folder = makeFolder();
  const path = join(folder, 'lock');
  const holder = await spawnFixture('contend', [path, join(folder, 'log'), '0']);
  await holder.exited;
  const dead = await acquireLock(path, { ownerPid: holder.pid });
  const taken = await acquireLock(path);
  // The late release of one that was taken for dead frees nothing.
  dead.release();
  await expect(acquireLock(path)).rejects.toThrow(LockHeldError);
  taken.release();

  const [newest = ''] = readdirSync(folder).filter((name) => name.startsWith('lock.'));
  appendFileSync(
    join(
      folder,
      newest.replace(/\d+$/u, (n) => String(Number(n) + 1)),
    ),
    JSON.stringify({ pid: process.pid, mark: 'of another life' }),
  );
  (await acquireLock(path)).release();
});

test('processes that contend for it never hold it together', async () => {
  const folder = makeFolder();
  const log = join(folder, 'log');
  const processes = await Promise.all([1, 2, 3].map(() => spawnFixture('contend', [join(folder, 'lock'), log, '20'])));
  for (const { exited } of processes) expect((await exited).code).toBe(0);
  const notes = readFileSync(log, 'utf8').trim().split('\n');
  expect(notes).toHaveLength(120);
  for (let n = 0; n < notes.length; n += 2) expect(notes[n + 1]).toBe(notes[n]?.replace('in', 'out'));
});
