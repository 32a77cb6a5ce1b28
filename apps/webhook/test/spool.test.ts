import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { openSpool, type Spool } from '../src/spool.ts';

let dir: string;
let bad: [string, number][];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
  bad = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(maxBytes = 1_000_000): Spool<string> {
  return openSpool<string>({
    dir,
    maxBytes,
    encode: (text) => ({ text }),
    decode(line) {
      const { text } = line as { text?: unknown };
      if (typeof text !== 'string') throw new Error('no entry');
      return text;
    },
    onBad: (file, lines) => bad.push([file, lines]),
  });
}

async function all(spool: Spool<string>): Promise<string[]> {
  const got: string[] = [];
  await spool.replay((entries) => Promise.resolve(void got.push(...entries)));
  return got;
}

test('gives back what was appended, in order, and is empty then', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 })),
      async (batches) => {
        const spool = open();
        expect(await Promise.all(batches.map((batch) => spool.append(batch)))).toEqual(batches.map(() => true));
        expect(spool.waiting).toBe(batches.length > 0);
        expect(await all(spool)).toEqual(JSON.parse(JSON.stringify(batches.flat())));
        expect([spool.waiting, spool.bytes]).toEqual([false, 0]);
        await spool.close();
      },
    ),
    { numRuns: 30 },
  );
});

test('keeps a file until it was stored, and what is appended meanwhile goes into another', async () => {
  const spool = open();
  await spool.append(['a', 'b']);
  const failing = spool.replay(async () => {
    await spool.append(['c']);
    throw new Error('away');
  });
  await expect(failing).rejects.toThrow('away');
  expect(await all(spool)).toEqual(['a', 'b', 'c']);
  await spool.close();
});

test('goes on with what a killed receiver left; a line without an end was never answered', async () => {
  const killed = open();
  await killed.append(['a', 'b']);
  const [name] = readdirSync(dir).filter((file) => file.endsWith('.ndjson'));
  appendFileSync(join(dir, String(name)), '{"text":"half');
  const next = open();
  await next.append(['c']);
  expect(await all(next)).toEqual(['a', 'b', 'c']);
  expect(bad).toEqual([]);
  await next.close();
});

test('sets aside what it cannot read, and gives the rest', async () => {
  const spool = open();
  await spool.append(['a']);
  const [name] = readdirSync(dir).filter((file) => file.endsWith('.ndjson'));
  appendFileSync(join(dir, String(name)), 'rubbish\n{"other":1}\n{"text":"b"}\n');
  expect(await all(spool)).toEqual(['a', 'b']);
  expect(bad).toEqual([[`${name}.bad`, 2]]);
  expect(readFileSync(join(dir, `${name}.bad`), 'utf8')).toBe('rubbish\n{"other":1}\n');
  await spool.close();
});

test('takes no more than it may, and all of a batch or none', async () => {
  const spool = open(60);
  expect(await spool.append(['0123456789', '0123456789'])).toBe(true);
  expect(await spool.append(['0123456789'])).toBe(false);
  expect(await all(spool)).toEqual(['0123456789', '0123456789']);
  expect(await spool.append(['0123456789'])).toBe(true);
  await spool.close();
});

test('nobody else can read it, and one receiver has it', async () => {
  const spool = open();
  await spool.append(['a']);
  const [name] = readdirSync(dir).filter((file) => file.endsWith('.ndjson'));
  expect(statSync(join(dir, String(name))).mode & 0o077).toBe(0);
  writeFileSync(join(dir, 'lock'), String(process.ppid));
  expect(problems(() => open())).toMatch(/WEBHOOK_SPOOL_DIR: another receiver/u);
  writeFileSync(join(dir, 'lock'), '999999999');
  const next = open();
  await next.close();
  await spool.close();
});

test('a folder that cannot be used is a fault of the configuration', () => {
  writeFileSync(join(dir, 'file'), '');
  const options = { dir: join(dir, 'file', 'x'), maxBytes: 1, encode: Object, decode: String, onBad() {} };
  expect(problems(() => openSpool(options))).toBe('WEBHOOK_SPOOL_DIR: cannot be used: ENOTDIR');
});

function problems(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return (error as { problems: string[] }).problems.join('\n');
  }
}
