import { expect, test } from '@jest/globals';
import type { RateGate } from '@chat-recall/shared/db';
import { anotherSlot } from '../src/slots.ts';

/** Longer than a cancelled recall may still be called. */
const longMs = 1_000;

function gateThat(enter: () => void): RateGate {
  return {
    reserve: () => Promise.reject(new Error('not asked for')),
    enter: async () => enter(),
    throttled: async () => {},
    factor: async () => 1,
  };
}

const { signal } = new AbortController();

test('a batch that was taken just now gets another slot', async () => {
  let entered = 0;
  expect(
    await anotherSlot(
      gateThat(() => (entered += 1)),
      2,
      signal,
      performance.now(),
    ),
  ).toBe(true);
  expect(entered).toBe(1);
});

test('one whose taking was long under way, or whose process stood still since, gets none and spends none', async () => {
  let entered = 0;
  expect(
    await anotherSlot(
      gateThat(() => (entered += 1)),
      2,
      signal,
      performance.now() - longMs,
    ),
  ).toBe(false);
  expect(entered).toBe(0);
});

test('nor does one whose gate cannot be asked', async () => {
  const away = gateThat(() => {
    throw new Error('the database is away');
  });
  expect(await anotherSlot(away, 2, signal, performance.now())).toBe(false);
});
