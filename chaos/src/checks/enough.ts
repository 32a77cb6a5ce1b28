import type { Injected } from '../work/injector.ts';
import type { Checked } from './check.ts';
import type { Facts } from './facts.ts';

/** In a run of so many seconds each check must have something to check. */
const fromSeconds = 60;
/** Of the faults, this share may not have been possible. */
const impossibleShare = 0.25;

/** That the checks are not passed for want of anything to check. */
export function checkEnough(
  { answered, calls, recalls }: Pick<Facts, 'answered' | 'calls' | 'recalls'>,
  injected: readonly Injected[],
  seconds: number,
): Checked {
  const stopped = recalls.filter(
    ({ cancelledAt, calls: made }) => cancelledAt !== null && made.some(({ at }) => at < cancelledAt),
  );
  const had = {
    'answered callbacks': answered.length,
    calls: calls.length,
    'recalls that were cancelled after their first call': stopped.length,
  };
  const missing = seconds < fromSeconds ? [] : Object.entries(had).flatMap(([what, n]) => (n > 0 ? [] : [what]));
  const impossible = injected.filter(({ problem }) => problem !== null);
  const [example] = impossible;
  return {
    title: 'there was something to check',
    looked: `${stopped.length} recalls cancelled under way`,
    violations: [
      ...missing.map((what) => ({ at: null, what: `nothing to check: no ${what}` })),
      ...(example !== undefined && impossible.length > injected.length * impossibleShare
        ? [
            {
              at: null,
              what: `${impossible.length} of ${injected.length} faults were not possible: ${example.problem}`,
            },
          ]
        : []),
    ],
  };
}
