import { outcomeStates, type Counts, type OutcomeState } from '../api/types.ts';

const names: Readonly<Record<OutcomeState, keyof Counts>> = {
  pending: 'pending',
  recalled: 'recalled',
  not_found: 'notFound',
  expired: 'expired',
  not_recallable: 'notRecallable',
  failed: 'failed',
  unknown: 'unknown',
  cancelled: 'cancelled',
};

/** The counts of a recall by the state of the outcome; only those that there are. */
export function outcomeCounts(counts: Counts): { state: OutcomeState; count: number }[] {
  return outcomeStates.map((state) => ({ state, count: counts[names[state]] })).filter(({ count }) => count > 0);
}
