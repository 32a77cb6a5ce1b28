import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { spawnProcess } from '@chat-recall/testkit';
import fc from 'fast-check';
import { openSpool, type Spool } from '../src/spool.ts';

const firstFile = '000000000001.ndjson';
let dir: string;
let bad: [string, number][];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'spool-'));
  bad = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(maxBytes = 1_000_000): Promise<Spool<string>> {
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
  await spool.replay(async (entries) => {
    got.push(...entries);
    return [];
  });
  return got;
}

test('gives back what was appended, in order, and is empty then', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 })),
      async (batches) => {
        const spool = await open();
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
  const spool = await open();
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
  const killed = await open();
  await killed.append(['a', 'b']);
  const [name] = readdirSync(dir).filter((file) => file.endsWith('.ndjson'));
  await killed.close();
  appendFileSync(join(dir, String(name)), '{"text":"half');
  const next = await open();
  await next.append(['c']);
  expect(await all(next)).toEqual(['a', 'b', 'c']);
  expect(bad).toEqual([]);
  await next.close();
});

test('sets aside what it cannot read, and gives the rest', async () => {
  const spool = await open();
  await spool.append(['a']);
  const [name] = readdirSync(dir).filter((file) => file.endsWith('.ndjson'));
  appendFileSync(join(dir, String(name)), 'rubbish\n{"other":1}\n{"text":"b"}\n');
  expect(await all(spool)).toEqual(['a', 'b']);
  expect(bad).toEqual([[`${name}.bad`, 2]]);
  expect(readFileSync(join(dir, `${name}.bad`), 'utf8')).toBe('rubbish\n{"other":1}\n');
  await spool.close();
});

test('takes no more than it may, and all of a batch or none', async () => {
  const spool = await open(60);
  expect(await spool.append(['0123456789', '0123456789'])).toBe(true);
  expect(await spool.append(['0123456789'])).toBe(false);
  expect(await all(spool)).toEqual(['0123456789', '0123456789']);
  expect(await spool.append(['0123456789'])).toBe(true);
  await spool.close();
});

test('nobody else can read it', async () => {
  const spool = await open();
  await spool.append(['a']);
  expect(statSync(join(dir, firstFile)).mode & 0o077).toBe(0);
  await spool.close();
});

describe('the folder', () => {
  test('is one receiver’s, also when the other has the same number of process', async () => {
    const spool = await open();
    expect(await problems(open())).toBe('WEBHOOK_SPOOL_DIR: another receiver has this folder');
    await spool.close();
    await (await open()).close();
  });

  test('of many that come at once one gets it at most', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => open()));
    const won = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won.length).toBeLessThan(2);
    await Promise.all(won.map((spool) => spool.close()));
    await (await open()).close();
  });

  test('is free when its holder was killed', async () => {
    const script = join(dir, 'holder.mjs');
    const held = join(dir, 'lock-0123456789ab');
    writeFileSync(
      script,
      `import { createServer } from 'node:net';
       createServer().listen(${JSON.stringify(held)}, () => console.log(JSON.stringify({ msg: 'ready' })));`,
    );
    const holder = await spawnProcess({ script, env: {} });
    await holder.waitForLog(({ msg }) => msg === 'ready');
    expect(await problems(open())).toBe('WEBHOOK_SPOOL_DIR: another receiver has this folder');
    await holder.kill();
    expect(statSync(held).isSocket()).toBe(true);
    const spool = await open();
    expect(readdirSync(dir).filter((name) => name.startsWith('lock-'))).toHaveLength(1);
    await spool.close();
  });

  test('that cannot be used is a fault of the configuration', async () => {
    writeFileSync(join(dir, 'file'), '');
    const options = { maxBytes: 1, encode: Object, decode: String, onBad() {} };
    expect(await problems(openSpool({ ...options, dir: join(dir, 'file', 'x') }))).toBe(
      'WEBHOOK_SPOOL_DIR: cannot be used: ENOTDIR',
    );
    expect(await problems(openSpool({ ...options, dir: join(dir, 'x'.repeat(100)) }))).toBe(
      'WEBHOOK_SPOOL_DIR: its path may have 84 bytes at most',
    );
  });
});

test('a replay ends with what was there at its beginning, though more keeps coming', async () => {
  const spool = await open();
  await spool.append(['a']);
  const got: string[] = [];
  await spool.replay(async (entries) => {
    got.push(...entries);
    if (got.length < 10) await spool.append(['more']);
    return [];
  });
  expect(got).toEqual(['a']);
  expect(await all(spool)).toEqual(['more']);
  await spool.close();
});

describe('an entry that alone is not taken', () => {
  const allBut =
    (odd: string, got: string[]) =>
    async (entries: readonly string[]): Promise<string[]> => {
      got.push(...entries.filter((entry) => entry !== odd));
      return entries.filter((entry) => entry === odd);
    };

  test('holds up nobody, and is set aside after ten replays that took others', async () => {
    const spool = await open();
    await spool.append(['odd', 'a']);
    const got: string[] = [];
    await spool.replay(async (entries) => {
      await spool.append(['b']);
      return allBut('odd', got)(entries);
    });
    await spool.replay(allBut('odd', got));
    expect(got).toEqual(['a', 'a', 'b']);
    for (let replays = 2; replays < 9; replays += 1) await spool.replay(allBut('odd', got));
    expect([spool.waiting, bad]).toEqual([true, []]);
    await spool.replay(allBut('odd', got));
    expect([spool.waiting, spool.bytes, bad]).toEqual([false, 0, [[`${firstFile}.bad`, 1]]]);
    expect(readFileSync(join(dir, `${firstFile}.bad`), 'utf8')).toBe('{"text":"odd"}\n');
    await spool.close();
  });

  test('stays while nothing else is taken, either: it may be the database', async () => {
    const spool = await open();
    await spool.append(['odd']);
    for (let replays = 0; replays < 20; replays += 1) await spool.replay(allBut('odd', []));
    expect(await all(spool)).toEqual(['odd']);
    expect(bad).toEqual([]);
    await spool.close();
  });
});

describe('files that were set aside', () => {
  async function setAsideOne(): Promise<string> {
    const spool = await open();
    await spool.append(['a']);
    const name = String(readdirSync(dir).find((file) => file.endsWith('.ndjson')));
    appendFileSync(join(dir, name), `rubbish of ${name}\n`);
    expect(await all(spool)).toEqual(['a']);
    await spool.close();
    return readFileSync(join(dir, `${name}.bad`), 'utf8');
  }

  test('are not written over by a later receiver', async () => {
    expect(await setAsideOne()).toBe('rubbish of 000000000001.ndjson\n');
    expect(await setAsideOne()).toBe('rubbish of 000000000002.ndjson\n');
    expect(bad.map(([file]) => file)).toEqual(['000000000001.ndjson.bad', '000000000002.ndjson.bad']);
  });

  test('on a full disk the whole file is, and the replay goes on', async () => {
    const spool = await open();
    await spool.append(['a']);
    appendFileSync(join(dir, firstFile), 'rubbish\n');
    symlinkSync('/dev/full', join(dir, `${firstFile}.bad`));
    expect(await all(spool)).toEqual(['a']);
    expect(spool.waiting).toBe(false);
    expect(readFileSync(join(dir, `${firstFile}.bad`), 'utf8')).toBe('{"text":"a"}\nrubbish\n');
    await spool.close();
  });
});

describe('when the disk', () => {
  test('is full, that is said until there is room', async () => {
    const spool = await open(30);
    expect(await spool.append(['0123456789'])).toBe(true);
    expect(spool.refusal).toBeUndefined();
    expect(await spool.append(['0123456789'])).toBe(false);
    expect(spool.refusal).toBe('full');
    await all(spool);
    expect(spool.refusal).toBeUndefined();
    await spool.close();
  });

  test('fails, that is said until it takes something', async () => {
    const spool = await open();
    writeFileSync(join(dir, firstFile), '');
    await expect(spool.append(['a'])).rejects.toThrow('EEXIST');
    expect(spool.refusal).toBe('EEXIST');
    unlinkSync(join(dir, firstFile));
    expect(await spool.append(['b'])).toBe(true);
    expect(spool.refusal).toBeUndefined();
    expect(await all(spool)).toEqual(['b']);
    await spool.close();
  });

  test('fails in the middle of a line and does not take it back, the next one is not joined to it', async () => {
    const spool = await open();
    await spool.append(['a']);
    const handle = await openFile(join(dir, firstFile));
    const methods = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    const failing = [
      jest.spyOn(methods, 'appendFile').mockImplementationOnce(async function (this: FileHandle, lines) {
        await this.write(String(lines).slice(0, 5));
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      }),
      jest.spyOn(methods, 'truncate').mockRejectedValueOnce(new Error('EIO')),
    ];
    await expect(spool.append(['torn'])).rejects.toThrow('EIO');
    expect(await spool.append(['b'])).toBe(true);
    expect(failing.map((spy) => spy.mock.calls.length)).toEqual([2, 1]);
    for (const spy of failing) spy.mockRestore();
    expect(await all(spool)).toEqual(['a', 'b']);
    expect([bad, spool.bytes]).toEqual([[], 0]);
    await spool.close();
  });

  test('takes nothing for long, no empty files pile up', async () => {
    const spool = await open();
    const handle = await openFile(dir);
    const failing = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync').mockRejectedValue(new Error());
    await handle.close();
    for (let tries = 0; tries < 3; tries += 1) await expect(spool.append(['a'])).rejects.toThrow();
    failing.mockRestore();
    expect([spool.waiting, readdirSync(dir).filter((name) => name.endsWith('.ndjson'))]).toEqual([false, []]);
    await spool.close();
  });
});

async function problems(opening: Promise<unknown>): Promise<string> {
  try {
    await opening;
    return '';
  } catch (error) {
    return (error as { problems: string[] }).problems.join('\n');
  }
}
