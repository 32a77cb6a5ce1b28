import { expect, test } from '@jest/globals';
import { killAtRandom, takePostgresAway } from './losses/run.ts';

/** `npm run losses -w apps/webhook` does the same for longer. */
test('ten kills of receiver and Postgres under load: what was answered OK is stored', async () => {
  const told: string[] = [];
  const { answered, missing } = await killAtRandom(10, 20_261_123, (text) => told.push(text));
  expect(missing).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(300);
  expect(told.filter((text) => text.includes('receiver')).length).toBeGreaterThan(1);
  expect(told.filter((text) => text.includes('Postgres')).length).toBeGreaterThan(1);
}, 180_000);

test('Postgres away for five seconds at 200 callbacks a second: nobody is refused, and nothing is missing', async () => {
  const { answered, refused, missing } = await takePostgresAway(5, 200);
  expect({ refused, missing }).toEqual({ refused: 0, missing: [] });
  expect(answered).toBeGreaterThan(1_000);
}, 180_000);
