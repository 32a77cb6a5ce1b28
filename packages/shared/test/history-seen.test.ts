import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { createSeen, parseMultirange, rangesOf, toMultirange } from '@chat-recall/shared/history';
import { createTestDatabase } from '@chat-recall/testkit';
import fc from 'fast-check';

let pool: Pool;
beforeAll(async () => {
  pool = createPool({ databaseUrl: (await createTestDatabase()).url, name: 'test' });
});
afterAll(() => pool.end());

function noErrors(error: unknown): void {
  throw error;
}

async function row(id: number) {
  const { rows } = await pool.query(
    `select known::text as known, missing, due_at is not null as due, due_below from coverage where conversation_id = $1`,
    [id],
  );
  return rows[0] as { known: string; missing: number; due: boolean; due_below: number };
}

describe('ranges', () => {
  it('hold exactly the sequences they were made of, written and read again', () => {
    const seqs = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
    fc.assert(
      fc.property(seqs, (numbers) => {
        const ranges = rangesOf(numbers);
        const held = ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
        expect(held).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        for (const [at, range] of ranges.slice(1).entries())
          expect(range.from).toBeGreaterThan(Number(ranges[at]?.to) + 1);
        const printed = toMultirange(ranges).replace(
          /\[(\d+),(\d+)\]/gu,
          (_, from, to) => `[${from},${Number(to) + 1})`,
        );
        expect(parseMultirange(printed)).toEqual(ranges);
      }),
    );
  });
});

describe('what receivers have seen', () => {
  it('comes to the same coverage in whatever order, however often and by however many receivers', async () => {
    const receivers = [createSeen(pool, noErrors), createSeen(pool, noErrors), createSeen(pool, noErrors)];
    const seqs = Array.from({ length: 500 }, (_, at) => at + 1_000).filter((seq) => seq % 97 !== 0);
    let id = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...seqs, ...seqs.slice(0, 50)], { minLength: seqs.length + 50 }),
        fc.array(fc.nat(2), { minLength: 40, maxLength: 40 }),
        async (order, who) => {
          id += 1;
          for (const [at, seq] of order.entries()) {
            const receiver = receivers[Number(who[at % who.length])];
            receiver?.note(id, seq, Date.now());
            if (at % 61 === 0) await receiver?.flush();
          }
          await Promise.all(receivers.map((receiver) => receiver.flush()));
          const { known, missing, due } = await row(id);
          expect(parseMultirange(known)).toEqual(rangesOf(seqs));
          expect(missing).toBe(500 - seqs.length);
          expect(due).toBe(true);
        },
      ),
      { numRuns: 10 },
    );
    await Promise.all(receivers.map(({ loop }) => loop.stop()));
  });

  it('asks nothing when there is no gap, and forgets the question when the straggler comes', async () => {
    const seen = createSeen(pool, noErrors);
    const id = 1_000_000;
    for (const seq of [105, 106, 108]) seen.note(id, seq, Date.now());
    await seen.flush();
    expect(await row(id)).toEqual({ known: '{[105,107),[108,109)}', missing: 1, due: true, due_below: 109 });
    seen.note(id, 107, Date.now());
    await seen.flush();
    expect(await row(id)).toMatchObject({ known: '{[105,109)}', missing: 0, due: false });
    await seen.loop.stop();
  });

  it('takes the first messages of a new group for missing when they are a page away at most', async () => {
    const seen = createSeen(pool, noErrors);
    for (const [id, first] of [
      [2_000_000, 20],
      [2_000_001, 21],
    ] as const) {
      seen.note(id, first, Date.now());
      await seen.flush();
      expect(await row(id)).toMatchObject({ missing: first === 20 ? 19 : 0, due: first === 20 });
    }
    await seen.loop.stop();
  });

  it('keeps what could not be written', async () => {
    const broken = createPool({ databaseUrl: 'postgres://nobody@127.0.0.1:1/none', name: 'test' });
    const away = createSeen(broken, () => {});
    away.note(7, 1, Date.now());
    await expect(away.flush()).rejects.toThrow();
    await expect(away.flush()).rejects.toThrow();
    await away.loop.stop();
    await broken.end();
  });
});
