import { seededRandom } from '@chat-recall/simulator';
import { createDeck } from './deck.ts';
import { resourcesOf, type PlannedFault, type Queue } from './faults.ts';
import { planRecalls, type PlannedRecall } from './recalls.ts';

export interface Shape {
  readonly seed: number;
  /** How long faults are injected and recalls asked for. */
  readonly seconds: number;
  readonly queue: Queue;
}

export interface Schedule {
  /** In the order of time. */
  readonly faults: readonly PlannedFault[];
  readonly recalls: readonly PlannedRecall[];
}

/** The rate of a seed, calls a second: every third runs close to the platform's limit. */
export function callsPerSecondOf(seed: number): number {
  return seed % 3 === 0 ? 180 : 100;
}

/** Between the beginnings of two faults, on average, ms. */
const everyMs = 1_500;
/** No fault before this, ms: recalls are to be under way. */
const firstAtMs = 500;

/** What is done when: the same for the same shape, whatever happens during the run. */
export function makeSchedule(shape: Shape): Schedule {
  const random = seededRandom(shape.seed);
  const endsAt = shape.seconds * 1_000;
  const draw = createDeck(shape, random);
  const busyUntil = new Map<string, number>();
  const faults: PlannedFault[] = [];
  for (let at = firstAtMs; at < endsAt; at += everyMs * (0.4 + 1.2 * random())) {
    const { fault, forMs } = draw();
    const resources = resourcesOf(fault);
    const free = Math.max(at, ...resources.map((one) => busyUntil.get(one) ?? 0));
    if (free + forMs > endsAt) continue;
    for (const one of resources) busyUntil.set(one, free + forMs + 200);
    faults.push({ at: Math.round(free), forMs, fault });
  }
  faults.sort((a, b) => a.at - b.at);
  return { faults, recalls: planRecalls(shape.seconds, random) };
}
