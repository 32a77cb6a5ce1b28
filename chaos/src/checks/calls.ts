import type { LedgerCall } from '@chat-recall/simulator';
import { signatureCodes } from '../plan/codes.ts';
import type { Checked, Violation } from './check.ts';
import type { AttemptRow, Facts, RecallFacts } from './facts.ts';

/** What the platform refuses above. */
const platformLimit = 200;
/** Calls that may go at once. */
const burst = 10;
/** A worker gives a slot up that it would use later than this, ms; it may be at both ends of a second. */
const slotLateMs = 25;
/** A call is made until so long after the cancelling was answered, ms. */
const afterCancelMs = 1_000;
/** Clocks are one, but the database takes its time from the beginning of the statement, ms. */
const clockMs = 10;
/** A worker that was stopped between its last look and the call makes it at once when it goes on, ms. */
const onWakingMs = 250;

/** The rate, by when calls left the workers: the one that is set, a burst, and what may be late of the second before. */
export function checkRate({ calls, leftAt }: Facts, callsPerSecond: number): Checked {
  const limit = Math.min(platformLimit, Math.ceil(callsPerSecond * (1 + (2 * slotLateMs) / 1_000)) + burst);
  const times = [...leftAt.values()].sort((a, b) => a - b);
  const violations: Violation[] = [];
  let first = 0;
  let most = 0;
  for (const [last, at] of times.entries()) {
    while (at - (times[first] ?? at) >= 1_000) first += 1;
    const n = last - first + 1;
    if (n > limit && n > most)
      violations.splice(0, 1, { at, what: `${n} calls within a second, ${limit} are allowed` });
    most = Math.max(most, n);
  }
  return { title: 'calls in any second', looked: `${calls.length} calls, at most ${most} of ${limit}`, violations };
}

/** Every call belongs to a recall, and asks for what is in its plan. */
export function checkPlanned({ calls, recalls }: Facts): Checked {
  const plans = new Map(
    recalls.map(({ planned, outcomes }) => [`chaos ${planned.name}`, new Set(outcomes.map(({ key }) => key))]),
  );
  const violations = calls.flatMap(({ at, reason, topicId, groupId, sequences }): Violation[] => {
    const plan = plans.get(reason ?? '');
    const outside = sequences.filter((seq) => plan?.has(`${topicId ?? groupId}:${seq}`) !== true);
    return outside.length === 0 ? [] : [{ at, what: `${reason}: ${topicId ?? groupId} ${outside.join(', ')}` }];
  });
  return { title: 'nothing called outside a plan', looked: `${calls.length} calls`, violations };
}

/** Every call was written down before it was made. */
export function checkWrittenAhead({ recalls }: Facts): Checked {
  const violations = recalls.flatMap((recall) => {
    const attempts = new Map<string, AttemptRow[]>();
    for (const attempt of recall.attempts) pushTo(attempts, keyOf(attempt.owner, attempt.msgSeqs), attempt);
    const calls = new Map<string, LedgerCall[]>();
    for (const call of recall.calls) pushTo(calls, keyOf(call.topicId ?? call.groupId ?? '', call.sequences), call);
    return [...calls].flatMap(([key, made]) => unwritten(recall, made, attempts.get(key) ?? []));
  });
  const looked = `${recalls.reduce((sum, { attempts }) => sum + attempts.length, 0)} attempts`;
  return { title: 'every call written before it', looked, violations };
}

function unwritten(
  { planned }: RecallFacts,
  calls: readonly LedgerCall[],
  attempts: readonly AttemptRow[],
): Violation[] {
  let needed = 0;
  let renewed = false;
  return calls.flatMap((call): Violation[] => {
    // With a renewed signature the same attempt calls twice.
    if (!renewed) needed += 1;
    renewed = !renewed && call.errorCode !== null && signatureCodes.includes(call.errorCode);
    const written = attempts.filter(({ startedAt }) => startedAt <= call.at + clockMs).length;
    if (written >= needed) return [];
    const where = `${call.topicId ?? call.groupId} ${call.sequences.join(', ')}`;
    return [{ at: call.at, what: `${planned.name}: call ${needed} for ${where}, and ${written} attempts by then` }];
  });
}

/** No call leaves a worker later than a second after its recall's cancelling was answered. */
export function checkCancelled({ recalls, leftAt, standstills }: Facts): Checked {
  const cancelled = recalls.filter(({ cancelledAt }) => cancelledAt !== null);
  const violations = cancelled.flatMap((recall) =>
    recall.calls
      .map((call) => ({ call, lateMs: Number(leftAt.get(call)) - Number(recall.cancelledAt) }))
      .filter(({ call, lateMs }) => lateMs > afterCancelMs && !onWaking(call, recall, standstills))
      .map(({ call: { at, topicId, groupId, sequences }, lateMs }) => ({
        at,
        what: `${recall.planned.name}: ${topicId ?? groupId} ${sequences.join(', ')} ${Math.round(lateMs)} ms after`,
      })),
  );
  return { title: 'no call after a cancelling', looked: `${cancelled.length} cancelled`, violations };
}

/** Whether its worker made it when it went on, having been stopped after it wrote the attempt. */
function onWaking(call: LedgerCall, { attempts }: RecallFacts, standstills: Facts['standstills']): boolean {
  const key = keyOf(call.topicId ?? call.groupId ?? '', call.sequences);
  return standstills.some(
    ({ pid, from, to }) =>
      call.at >= to &&
      call.at - to < onWakingMs &&
      attempts.some((one) => one.pid === pid && one.startedAt < from && keyOf(one.owner, one.msgSeqs) === key),
  );
}

function keyOf(owner: string, msgSeqs: readonly number[]): string {
  return `${owner} ${msgSeqs.toSorted((a, b) => a - b).join(',')}`;
}

function pushTo<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}
