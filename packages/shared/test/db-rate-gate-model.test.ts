import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';
import { burstFor, createPool, createRateGate, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const second = 1_000_000;
interface Taken {
  readonly granted: number;
  readonly base: number;
  readonly step: number;
  /** The database's clock before and after, µs. */
  readonly before: number;
  readonly after: number;
}

async function take(name: string, rate: number, burst: number, wanted: number, horizonMs: number): Promise<Taken> {
  // In their order: each is materialised before the next one begins.
  const { rows } = await pool.query<Taken>(
    `with a as materialized (select (extract(epoch from clock_timestamp()) * 1e6)::bigint as before),
          b as materialized (select a.before, t.* from a, lateral rate_gate_take($1, $2, $3, $4, $5 + 0 * a.before) t)
     select before, granted, base_us as base, step_us as step,
            (extract(epoch from clock_timestamp()) * 1e6)::bigint as after from b`,
    [name, rate, burst, wanted, horizonMs * 1_000],
  );
  return rows[0] as Taken;
}

/** Most moments that lie within one second. */
function mostInASecond(moments: readonly number[]): number {
  const sorted = [...moments].sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (const [to, moment] of sorted.entries()) {
    while (moment - (sorted[from] ?? 0) >= second) from += 1;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

const step = fc.record({
  wanted: fc.integer({ min: 1, max: 40 }),
  horizonMs: fc.constantFrom(0, 50, 400, 1_500),
  waitMs: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) }),
  throttled: fc.nat(30).map((n) => n === 0),
});

test('whoever asks for how many and when: no sliding second has more slots than rate and burst together', async () => {
  let gates = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 5, max: 190 }),
      fc.array(step, { minLength: 5, maxLength: 60 }),
      async (rate, steps) => {
        gates += 1;
        const name = `g${gates}`;
        const burst = burstFor(rate);
        const gate = await createRateGate(pool, name, rate);
        const moments: number[] = [];
        for (const { wanted, horizonMs, waitMs, throttled } of steps) {
          if (throttled) await gate.throttled();
          if (waitMs > 0) await pause(waitMs);
          const { granted, base, step: stepUs, before, after } = await take(name, rate, burst, wanted, horizonMs);
          expect(granted).toBeLessThanOrEqual(wanted);
          expect(stepUs).toBeGreaterThanOrEqual(Math.floor(second / rate));
          for (let k = 0; k < granted; k += 1) {
            const due = base + k * stepUs;
            expect(due).toBeLessThanOrEqual(horizonMs * 1_000 + stepUs);
            // One that is due in the past is used now; where "now" lies is known up to the time that asking took.
            moments.push(due < 0 ? (before + after) / 2 : (before + after) / 2 + due);
          }
        }
        // One at each end of the second.
        expect(mostInASecond(moments)).toBeLessThanOrEqual(rate + burst + 1);
      },
    ),
    { numRuns: 40 },
  );
});
