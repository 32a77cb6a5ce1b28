import { expect, test } from '@jest/globals';
import { fuzzCallbacks } from './fuzz/run.ts';

/** `npm run fuzz -w apps/webhook` posts more, and others. */
const cases = 12_000;
const seed = 20_261_123;

test(`${cases} callbacks made up by seed ${seed} are answered, stored and refused as documented`, async () => {
  const { faults, counts } = await fuzzCallbacks(cases, seed);
  expect(faults).toEqual([]);
  // Each road is taken often enough to mean something.
  expect(counts['message']).toBeGreaterThan(cases / 5);
  expect(counts['recall']).toBeGreaterThan(cases / 20);
  expect(counts['passed']).toBeGreaterThan(cases / 20);
  for (const code of ['40003 or 40004', '40006', '40007']) {
    expect(counts[`refused ${code}`]).toBeGreaterThan(cases / 200);
  }
}, 180_000);
