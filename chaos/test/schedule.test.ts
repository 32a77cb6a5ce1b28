import { describe, expect, it } from '@jest/globals';
import { describeFault, resourcesOf } from '../src/plan/faults.ts';
import { callsPerSecondOf, makeSchedule } from '../src/plan/schedule.ts';

const shape = { seed: 7, seconds: 120, queue: 'redis' } as const;

describe('the schedule of a run', () => {
  it('is the same for the same seed, and another one for another', () => {
    expect(makeSchedule(shape)).toEqual(makeSchedule(shape));
    expect(makeSchedule({ ...shape, seed: 8 })).not.toEqual(makeSchedule(shape));
  });

  it('knows nothing of what was planned before: each seed of several is as it is alone', () => {
    const alone = makeSchedule({ ...shape, seed: 9 });
    makeSchedule({ ...shape, seed: 8 });
    expect(makeSchedule({ ...shape, seed: 9 })).toEqual(alone);
  });

  it('is at the full rate for every third seed', () => {
    expect([1, 2, 3, 4, 5, 6].map(callsPerSecondOf)).toEqual([100, 100, 180, 100, 100, 180]);
  });

  it('is in the order of time, and over in time', () => {
    const { faults, recalls } = makeSchedule(shape);
    expect(faults.map(({ at }) => at)).toEqual(faults.map(({ at }) => at).sort((a, b) => a - b));
    for (const { at, forMs } of faults) expect(at + forMs).toBeLessThanOrEqual(shape.seconds * 1_000);
    for (const { at } of recalls) expect(at).toBeLessThan(shape.seconds * 1_000);
  });

  it('never has two faults at the same thing at once', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const freeFrom = new Map<string, number>();
      for (const { at, forMs, fault } of makeSchedule({ ...shape, seed }).faults) {
        for (const resource of resourcesOf(fault)) {
          expect(at).toBeGreaterThanOrEqual(freeFrom.get(resource) ?? 0);
          freeFrom.set(resource, at + forMs);
        }
      }
    }
  });

  it('holds every kind of fault when it is long enough', () => {
    const kinds = new Set(
      makeSchedule({ ...shape, seconds: 1_200 }).faults.map(({ fault }) => describeFault(fault).kind),
    );
    const expected = [
      'kill',
      'terminate',
      'stop',
      'postgres-restart',
      'redis-flush',
      'redis-restart',
      'redis-outage',
      ...['latency', 'black-hole', 'hold', 'reset', 'trickle'].map((kind) => `link ${kind}`),
      ...['http', 'reset', 'apply-then-reset', 'hang', 'apply-then-hang', 'error-code', 'sequence-code'].map(
        (kind) => `platform ${kind}`,
      ),
      ...['latency', 'http', 'hang'].map((kind) => `history ${kind}`),
    ];
    expect([...kinds]).toEqual(expect.arrayContaining(expected));
  });

  it('knows no Redis when the queues are on Postgres', () => {
    const { faults } = makeSchedule({ ...shape, seconds: 600, queue: 'postgres' });
    expect(faults.flatMap(({ fault }) => resourcesOf(fault)).filter((one) => one.includes('redis'))).toEqual([]);
  });

  it('has urgent recalls, and some that are cancelled', () => {
    const { recalls } = makeSchedule(shape);
    expect(recalls.some(({ priority }) => priority === 'urgent')).toBe(true);
    expect(recalls.some(({ cancelAfterMs }) => cancelAfterMs !== null)).toBe(true);
    expect(new Set(recalls.map(({ pick }) => pick.by))).toEqual(new Set(['sender', 'keyword', 'window']));
  });
});
