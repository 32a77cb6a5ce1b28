import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { burstFor, createPool, createRateGate, createTurns, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

interface Taken {
  granted: number;
  base_us: number;
  step_us: number;
}

async function take(gate: string, perSecond: number, burst: number, wanted: number, horizonMs: number): Promise<Taken> {
  const { rows } = await pool.query<Taken>('select * from rate_gate_take($1, $2, $3, $4, $5)', [
    gate,
    perSecond,
    burst,
    wanted,
    horizonMs * 1_000,
  ]);
  return rows[0] as Taken;
}

test('no rate leaves room for more than 200 calls in a second, late slots included', () => {
  for (let rate = 1; rate <= 190; rate++) {
    const burst = burstFor(rate);
    expect(burst).toBeGreaterThanOrEqual(1);
    // Slots used up to 25 ms late, and the one at each end of the second.
    expect(burst + Math.ceil(rate * 1.025)).toBeLessThanOrEqual(200);
  }
  expect(burstFor(180)).toBe(10);
});

test('a new gate has no burst; slots lie a step apart and none is given twice', async () => {
  await createRateGate(pool, 'test', 100);
  const first = await take('test', 100, 10, 1_000, 1_000);
  expect(first.step_us).toBe(10_000);
  expect(first.base_us).toBe(0);
  expect(first.granted).toBe(101);
  const second = await take('test', 100, 10, 1_000, 1_000);
  // Whatever time has passed between the two, as many steps have come free, and no more.
  expect(second.base_us).toBeGreaterThan(1_000_000 - 1_010_000);
  expect(second.base_us + second.granted * second.step_us).toBeGreaterThan(1_000_000);
});

test('a state from the future (a clock put back) or lost in a crash begins without a burst', async () => {
  await createRateGate(pool, 'test', 100);
  await pool.query(`select setval('gate_test', 9000000000000000)`);
  expect((await take('test', 100, 10, 1, 50)).base_us).toBe(0);
});

test('a refusal for frequency slows everyone down at once, at most once a second', async () => {
  const gate = await createRateGate(pool, 'test', 100);
  const other = await createRateGate(pool, 'test', 100);
  expect(await other.factor()).toBe(1);
  await Promise.all([gate.throttled(), other.throttled(), gate.throttled()]);
  const factor = await other.factor();
  expect(factor).toBeGreaterThanOrEqual(0.75);
  expect(factor).toBeLessThan(1);
  await pool.query(`update rate_gates set throttled_at = clock_timestamp() - interval '10 seconds'`);
  expect(await other.factor()).toBe(1);
  await pool.query(`update rate_gates set factor = 0.05, throttled_at = clock_timestamp() - interval '1.5 seconds'`);
  await gate.throttled();
  expect(await gate.factor()).toBeGreaterThanOrEqual(0.05);
});

test('waiters go by priority, then in turn; an aborted one leaves; a lost database is told to all', async () => {
  const gate = await createRateGate(pool, 'test', 50);
  const order: string[] = [];
  const stop = new AbortController();
  const enter = (name: string, priority: number, signal?: AbortSignal): Promise<unknown> =>
    gate.enter(priority, signal).then(
      () => order.push(name),
      (error: Error) => order.push(`${name}: ${error.message}`),
    );
  const all = [
    enter('first', 2),
    enter('bulk', 3),
    enter('normal', 2),
    enter('leaving', 2, stop.signal),
    enter('urgent', 1),
    enter('urgent too', 1),
  ];
  stop.abort(new Error('stopped'));
  await Promise.all(all);
  expect(order.filter((name) => name !== 'leaving: stopped')).toEqual([
    'urgent',
    'urgent too',
    'first',
    'normal',
    'bulk',
  ]);
  expect(order).toContain('leaving: stopped');
  await pool.query('drop function rate_gate_take');
  await expect(gate.enter()).rejects.toThrow('rate_gate_take');
});

test('of all that ask for a turn one has it, until its time has passed', async () => {
  const processes = await Promise.all(Array.from({ length: 5 }, () => createTurns(pool, 'house', 5_000)));
  const ask = async (): Promise<number> =>
    (await Promise.all(processes.map((turns) => turns.take()))).filter(Boolean).length;
  expect(await ask()).toBe(1);
  expect(await ask()).toBe(0);
  // As if the five seconds had passed.
  await pool.query(`select setval('gate_house', 1)`);
  expect(await ask()).toBe(1);
});
