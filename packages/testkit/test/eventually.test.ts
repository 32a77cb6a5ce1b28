import { expect, test } from '@jest/globals';
import { eventually } from '../src/index.ts';

test('gives the first truthy value', async () => {
  const values = [undefined, 0, '', 'there', 'later'];
  expect(await eventually(() => values.shift())).toBe('there');
});

test('takes what throws for "not yet"', async () => {
  let tries = 0;
  const attempt = async (): Promise<number> => {
    tries += 1;
    if (tries < 3) throw new Error('not yet');
    return tries;
  };
  expect(await eventually(attempt)).toBe(3);
});

test('gives up in time, with what it saw last', async () => {
  await expect(eventually(() => false, { timeoutMs: 50, what: 'the moon' })).rejects.toThrow(
    'the moon did not come true within 50 ms: the last try gave false',
  );
  const cause = new Error('refused');
  await expect(eventually(() => Promise.reject(cause), { timeoutMs: 50 })).rejects.toMatchObject({ cause });
  await expect(eventually(() => new Promise(() => {}), { timeoutMs: 50 })).rejects.toThrow(
    'the first try did not come to an end',
  );
});
