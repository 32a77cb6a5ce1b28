import type { Random } from '../random.ts';
import { faultMatches, type Fault, type FaultTarget } from './fault.ts';

export interface ActiveFault extends Fault {
  readonly id: number;
  /** Calls it will still be used on. */
  readonly left: number;
}

/** The faults to come. A call meets one at most: the first added that matches. */
export interface Faults {
  /** Gives the id for `remove`. */
  add(fault: Fault): number;
  remove(id: number): boolean;
  clear(): void;
  list(): readonly ActiveFault[];
}

/** The stand-in's own side: takes the fault that this call is to meet, and counts it as used. */
export interface FaultBook extends Faults {
  take(call: FaultTarget): Fault | undefined;
}

export function createFaults(random: Random): FaultBook {
  let nextId = 1;
  const active = new Map<number, { fault: Fault; toSkip: number; left: number }>();
  return {
    add(fault) {
      if (fault.effect.kind === 'poison' && fault.sequence === undefined) {
        throw new Error('a poison fault needs a sequence');
      }
      const left = fault.times ?? (fault.effect.kind === 'poison' ? Infinity : 1);
      active.set(nextId, { fault, toSkip: fault.afterCalls ?? 0, left });
      return nextId++;
    },
    remove: (id) => active.delete(id),
    clear: () => active.clear(),
    list: () => [...active].map(([id, { fault, left }]) => ({ ...fault, id, left })),
    take(call) {
      for (const [id, entry] of active) {
        if (!faultMatches(entry.fault, call)) continue;
        if (entry.toSkip > 0) {
          entry.toSkip -= 1;
          continue;
        }
        if (random() >= (entry.fault.probability ?? 1)) continue;
        entry.left -= 1;
        if (entry.left <= 0) active.delete(id);
        return entry.fault;
      }
      return undefined;
    },
  };
}
