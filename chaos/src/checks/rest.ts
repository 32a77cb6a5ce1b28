import type { Checked, Violation } from './check.ts';
import type { Facts } from './facts.ts';
import { meets } from '../plan/faults.ts';
import type { Injected } from '../work/injector.ts';

/** A process that is asked to stop has so long, ms. */
const stopWithinMs = 15_000;
/** For ending when that is over, and for its output to be read, ms. */
const endingMs = 1_000;

/** What was answered OK is in the index, and came there by the callback: history may not have had to mend it. */
export function checkAnswered({ answered, stored }: Facts): Checked {
  const violations = answered.flatMap(({ owner, msgSeq, at, receiver }): Violation[] => {
    const source = stored.get(`${owner}:${msgSeq}`);
    if (source === 0) return [];
    const instead = source === undefined ? 'is not in the index' : 'is there from history alone';
    return [{ at, what: `${owner}:${msgSeq}, answered by receiver ${receiver}, ${instead}` }];
  });
  return { title: 'answered callbacks are stored', looked: `${answered.length} answered`, violations };
}

/** The counts of a recall are those of its rows. */
export function checkCounts({ recalls }: Facts): Checked {
  const violations = recalls.flatMap(({ planned, view, outcomes, batches }): Violation[] => {
    const counted: Record<string, number> = {};
    for (const { state } of outcomes) {
      const name = state.replaceAll(/_(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase());
      counted[name] = (counted[name] ?? 0) + 1;
    }
    const states = ['pending', 'recalled', 'notFound', 'expired', 'notRecallable', 'failed', 'unknown', 'cancelled'];
    const wrong = states.filter((name) => (view.counts[name] ?? 0) !== (counted[name] ?? 0));
    const found = wrong.map((name) => `${name} ${view.counts[name] ?? 0}, rows ${counted[name] ?? 0}`);
    for (const name of ['total', 'done'] as const) {
      if (view.batches[name] !== batches[name])
        found.push(`batches ${name} ${view.batches[name]}, rows ${batches[name]}`);
    }
    return found.length === 0 ? [] : [{ at: null, what: `${planned.name}: ${found.join('; ')}` }];
  });
  return { title: 'counts are those of the rows', looked: `${recalls.length} recalls`, violations };
}

/** Every recall came to its end by itself. */
export function checkEnded({ recalls }: Facts, open: readonly string[]): Checked {
  const violations = recalls.flatMap(({ planned, view }): Violation[] =>
    view.finishedAt === null ? [{ at: null, what: `${planned.name} is ${view.state}: ${view.stateNote ?? ''}` }] : [],
  );
  return {
    title: 'every recall ended by itself',
    looked: `${recalls.length} recalls`,
    violations: [...violations, ...open.map((what) => ({ at: null, what }))],
  };
}

export function checkAudit({ auditBrokenAt, auditRows }: Facts): Checked {
  const violations = auditBrokenAt === null ? [] : [{ at: null, what: `row ${auditBrokenAt} does not fit` }];
  return { title: "the audit's chain is whole", looked: `${auditRows} rows`, violations };
}

/** A process that was ready does not end unless somebody ends it. */
export function checkAlive({ selfEnded }: Facts): Checked {
  const violations = selfEnded
    .filter(({ wasReady }) => wasReady)
    .map(({ part, at, code, signal }) => ({ at, what: `${part} ended by itself: ${signal ?? `exit code ${code}`}` }));
  const starts = selfEnded.length - violations.length;
  return { title: 'no process ended by itself', looked: `${starts} starts failed without a store`, violations };
}

/** Who is asked to stop does, in time; with exit code 0 where no other fault met it meanwhile. */
export function checkTerminated({ terminations }: Pick<Facts, 'terminations'>, injected: readonly Injected[]): Checked {
  const violations = terminations.flatMap(({ part, from, to, code, signal }) => {
    const others = injected.filter(
      (one) =>
        one.planned.fault.kind !== 'terminate' && one.from < to && one.to > from && meets(one.planned.fault, part),
    );
    if (to - from <= stopWithinMs + endingMs && (code === 0 || others.length > 0)) return [];
    const ended = signal ?? `exit code ${code}`;
    return [{ at: from, what: `${part} was asked to stop: ${ended} after ${Math.round(to - from)} ms` }];
  });
  const longest = Math.max(0, ...terminations.map(({ from, to }) => Math.round(to - from)));
  return {
    title: 'who is asked to stop does',
    looked: `${terminations.length} stops, the longest ${longest} ms`,
    violations,
  };
}

/** The console answers what it was asked, at the latest when the faults are over. */
export function checkTaken(unanswered: readonly Violation[], asked: number): Checked {
  return { title: 'recalls are taken and cancelled', looked: `${asked} recalls`, violations: unanswered };
}
