import type { LedgerCall } from '@chat-recall/simulator';
import type { Checked, Violation } from './check.ts';
import type { AttemptRow, Facts, OutcomeRow, RecallFacts } from './facts.ts';

/** What has no answer is asked again for so long, ms. */
const resolveWithinMs = 5 * 60_000;
/** Attempts without an answer after which a sequence is given up as `failed`. */
const triesAtLeast = 8;
/** Attempts after which a refusal counts, although an answer was lost and nothing told of a recall. */
const refusedAtLeast = 6;
/** An arrival this much later than the leaving was held on its way, ms. */
const heldMs = 500;

/** Each planned sequence has one outcome, it is final, and it is what the stand-in did. */
export function checkOutcomes(facts: Facts): Checked {
  const misled = misledBy(facts);
  const violations = facts.recalls.flatMap((recall) => {
    const callsOf = new Map<string, LedgerCall[]>();
    for (const call of recall.calls) {
      for (const seq of call.sequences) {
        const key = `${call.topicId ?? call.groupId}:${seq}`;
        callsOf.set(key, [...(callsOf.get(key) ?? []), call]);
      }
    }
    const planned = recall.view.counts['planned'] ?? 0;
    const wrong = recall.outcomes.flatMap((row): Violation[] => {
      const calls = callsOf.get(row.key) ?? [];
      const what = judge(row, recall, calls, facts, misled);
      if (what === null) return [];
      const told = calls.map((call) => describeCall(call, row.msgSeq)).join('; ');
      return [
        {
          at: calls.at(-1)?.at ?? null,
          what: `${recall.planned.name} ${row.key} is ${row.state} (${row.retCode}): ${what}. Calls: ${told}`,
        },
      ];
    });
    if (planned === recall.outcomes.length) return wrong;
    return [
      ...wrong,
      { at: null, what: `${recall.planned.name}: ${planned} planned, ${recall.outcomes.length} outcomes` },
    ];
  });
  const looked = `${facts.recalls.reduce((sum, { outcomes }) => sum + outcomes.length, 0)} outcomes`;
  return { title: 'outcomes agree with the ledger', looked, violations };
}

/** What is wrong with an outcome; null: nothing. */
function judge(
  row: OutcomeRow,
  recall: RecallFacts,
  calls: readonly LedgerCall[],
  { truth, leftAt }: Facts,
  misled: ReadonlySet<string>,
): string | null {
  const cancelled = recall.view.state === 'cancelled';
  const message = truth.get(row.key);
  const applied = calls.some(
    (call) => call.recalled.includes(row.msgSeq) && !overtaken(call, calls, leftAt) && !contradicted(call, calls, row),
  );
  switch (row.state) {
    case 'recalled':
      if (message !== undefined && message.recalled !== null) return null;
      return misled.has(row.key) ? null : 'the stand-in has it as not recalled';
    case 'not_found':
    case 'expired':
    case 'not_recallable':
    case 'failed':
      if (applied) return 'a call of this recall took it back';
      if (row.retCode !== null) return wasTold(row, recall) ? null : 'nobody said so';
      return row.state === 'failed' && attemptsOf(row, recall).length >= triesAtLeast
        ? null
        : 'it was given up too soon';
    case 'cancelled':
      if (applied) return 'a call of this recall took it back';
      return cancelled ? null : 'its recall was not cancelled';
    case 'unknown': {
      if (!wasLost(row, recall)) return 'no attempt of it was lost';
      if (cancelled) return null;
      const since = row.lostSince === null ? 0 : Date.now() - row.lostSince.getTime();
      return since >= resolveWithinMs ? null : 'it was given up too soon';
    }
    default:
      return 'it is not final';
  }
}

/**
 * What a fault made the platform say of messages that are as they were: 10030, after an attempt of the same recall
 * whose answer never came. It means that the lost one worked, and nobody could know better; nor can the recalls after
 * it, which find the message marked.
 */
function misledBy({ recalls }: Facts): ReadonlySet<string> {
  const misled = recalls.flatMap((recall) => {
    const told = recall.calls.filter(({ fault }) => fault === 'error-code' || fault === 'sequence-code');
    return recall.outcomes.filter(
      (row) =>
        row.state === 'recalled' &&
        row.retCode === 10030 &&
        wasTold(row, { calls: told.filter(({ sequences }) => sequences.includes(row.msgSeq)) }) &&
        wasLost(row, recall),
    );
  });
  return new Set(misled.map(({ key }) => key));
}

/** Whether an attempt of a sequence had no answer, or one without a code for it. */
function wasLost(row: OutcomeRow, recall: RecallFacts): boolean {
  return (
    attemptsOf(row, recall).some(({ result }) => result === 'lost') ||
    recall.calls.some(
      (call) =>
        call.fault === 'missing' &&
        (call.topicId ?? call.groupId) === row.owner &&
        call.sequences.includes(row.msgSeq) &&
        !call.retCodes.some(({ MsgSeq }) => MsgSeq === row.msgSeq),
    )
  );
}

function attemptsOf({ owner, msgSeq }: OutcomeRow, { attempts }: RecallFacts): readonly AttemptRow[] {
  return attempts.filter((attempt) => attempt.owner === owner && attempt.msgSeqs.includes(msgSeq));
}

/** A call that was held on its way, so that a later one was answered first: what was said then was true. */
function overtaken(call: LedgerCall, calls: readonly LedgerCall[], leftAt: Facts['leftAt']): boolean {
  if (call.at - Number(leftAt.get(call)) < heldMs) return false;
  return calls.some((other) => other !== call && other.at < call.at && other.httpStatus === 200);
}

/**
 * A call that took the sequence back and was not answered, whereupon the platform said of this very sequence that it
 * cannot be recalled: nobody could know better. So it is with one whose answer was lost on its way, when the platform
 * has said so again and again. 10030 is another matter: it means that the lost call had worked.
 */
function contradicted(call: LedgerCall, calls: readonly LedgerCall[], { msgSeq, retCode, tries }: OutcomeRow): boolean {
  const unanswered = call.httpStatus !== 200 || call.fault === 'garbage' || tries >= refusedAtLeast;
  if (retCode === 10030 || !unanswered) return false;
  return calls.some(
    (later) =>
      later.at > call.at &&
      (later.errorCode === retCode ||
        later.retCodes.some((told) => told.MsgSeq === msgSeq && told.RetCode === retCode)),
  );
}

/** Whether the code of an outcome was told, of the sequence or of its conversation. */
function wasTold({ owner, msgSeq, retCode }: OutcomeRow, { calls }: Pick<RecallFacts, 'calls'>): boolean {
  return calls.some(
    (call) =>
      (call.topicId ?? call.groupId) === owner &&
      (call.errorCode === retCode ||
        call.retCodes.some(({ MsgSeq, RetCode }) => RetCode === retCode && (MsgSeq === msgSeq || isOfGroup(RetCode)))),
  );
}

function isOfGroup(code: number): boolean {
  return [10007, 10010, 10015, 10033].includes(code);
}

function describeCall(call: LedgerCall, msgSeq: number): string {
  const code = call.retCodes.find(({ MsgSeq }) => MsgSeq === msgSeq)?.RetCode ?? '–';
  const time = new Date(call.at).toISOString().slice(11, 23);
  const answered = call.httpStatus === null ? 'no answer' : `HTTP ${call.httpStatus}`;
  return `${time} ${call.fault ?? 'no fault'}, ${answered}, ${call.errorCode ?? '–'}/${code}${call.recalled.includes(msgSeq) ? ', took it back' : ''}`;
}
