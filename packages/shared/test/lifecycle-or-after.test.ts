import { expect, test } from '@jest/globals';
import { orAfter } from '@chat-recall/shared/lifecycle';

const never = new Promise<never>(() => {});

test('gives what the promise comes to', async () => {
  expect(await orAfter(Promise.resolve('done'), 60_000, () => 'late')).toBe('done');
  await expect(orAfter(Promise.reject(new Error('failed')), 60_000, () => 'late')).rejects.toThrow('failed');
});

test('does not wait longer, and gives or throws what it is told to instead', async () => {
  expect(await orAfter(never, 1, () => 'late')).toBe('late');
  const refused = orAfter(never, 1, () => {
    throw new Error('no answer');
  });
  await expect(refused).rejects.toThrow('no answer');
});
