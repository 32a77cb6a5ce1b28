import type { OutcomeState } from '../db/index.ts';
import { meaningOf, type CodeMeaning, type FinalState, type RecallAnswer } from '../tencent/index.ts';

/** A sequence whose outcome is open, as the tables have it. */
export interface OpenSequence {
  readonly msgSeq: number;
  readonly state: 'pending' | 'unknown';
  /** Attempts since it was last taken up. */
  readonly tries: number;
  /** Attempts in all. */
  readonly attempts: number;
  /** The first attempt whose answer never came. */
  readonly lostSince: Date | null;
  /** An attempt's answer never came, though history may have said since that it had no effect. */
  readonly wasLost: boolean;
  /** MsgTime; null: the index had not seen it. */
  readonly sentAt: Date | null;
  /** A recall mark is known: it is recalled already, no call is needed. */
  readonly marked: boolean;
  /** It was protected after the plan was frozen: it must not be called. */
  readonly protected: boolean;
}

/** What an attempt means for one sequence. */
export interface Verdict {
  readonly msgSeq: number;
  readonly state: OutcomeState;
  readonly retCode: number | null;
  /** Recalled, though it was the lost attempt that must have done it. */
  readonly presumed: boolean;
  /** The answer for it never came. */
  readonly lost: boolean;
  /** Whether the attempt uses up one of its tries. */
  readonly counts: boolean;
}

/** What an attempt means for the batch. */
export interface Decision {
  readonly verdicts: readonly Verdict[];
  /** Sequences that are still open; tried again after `pauseMs`. */
  readonly open: readonly number[];
  readonly pauseMs: number;
  /** The platform refused the call as a whole for a bad parameter: try these parts each by itself. */
  readonly split: readonly (readonly number[])[];
  /** The code says the same of every sequence of the conversation. */
  readonly group: { readonly state: FinalState; readonly code: number } | null;
  /** Nothing can be recalled for the app: pause the recall. */
  readonly stop: number | null;
  /** The platform said that calls come too fast. */
  readonly throttled: boolean;
}

/** Attempts for a transient code or no answer, before a sequence is given up. */
export const transientTries = 8;
/** Attempts after which a refusal counts although an answer was lost: some 15 s, in which nothing told of a recall. */
export const refusedTries = 6;
/** Attempts for a code that is in no list. */
export const otherTries = 3;
/** However often an attempt did not count: after so many in all, a sequence is given up. */
const attemptsAtMost = 200;
/** How long an `unknown` is tried to be resolved, ms. */
export const resolveWithinMs = 5 * 60_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** Pause after a refusal for frequency: the gate has slowed down already. */
const throttledPauseMs = 1_000;

/**
 * Decides what an answer means (the contract's classes of codes). Pure: the clock is an argument.
 *
 * @param called the sequences of the call, none of them settled
 * @param now ms since 1970
 */
export function settle(called: readonly OpenSequence[], answer: RecallAnswer, now: number): Decision {
  if (answer.kind !== 'answered') {
    return decide(called.map((sequence) => unanswered(sequence, answer.kind === 'lost', now)));
  }
  if (answer.errorCode !== 0) return refused(called, answer.errorCode, now);
  const items = called.map((sequence) => {
    const code = answer.body.get(sequence.msgSeq);
    return code === undefined ? unanswered(sequence, true, now) : coded(sequence, code, now);
  });
  const codes = new Set(called.map(({ msgSeq }) => answer.body.get(msgSeq)));
  const [only] = codes;
  // Every item says it of its group: then it holds for the rest of the group, too.
  const group = codes.size === 1 && only !== undefined && meaningOf(only).class === 'group' ? groupOf(only) : null;
  return { ...decide(items), group };
}

interface Item {
  readonly verdict: Verdict;
  /** Set when the sequence is still open: how long it waits for its next attempt. */
  readonly pauseMs?: number;
  readonly stop?: number;
  readonly throttled?: boolean;
}

function decide(items: readonly Item[]): Decision {
  return {
    verdicts: items.map(({ verdict }) => verdict),
    open: items.filter((item) => item.pauseMs !== undefined).map(({ verdict }) => verdict.msgSeq),
    pauseMs: Math.max(0, ...items.map((item) => item.pauseMs ?? 0)),
    split: [],
    group: null,
    stop: items.find((item) => item.stop !== undefined)?.stop ?? null,
    throttled: items.some((item) => item.throttled === true),
  };
}

function refused(called: readonly OpenSequence[], code: number, now: number): Decision {
  const meaning = meaningOf(code);
  if (meaning.class === 'group') return { ...decide(called.map((one) => coded(one, code, now))), group: groupOf(code) };
  // A code that belongs to one message, or to a parameter, was said of several: find out of which.
  if (called.length > 1 && (meaning.class === 'batch' || meaning.class === 'sequence')) {
    const half = Math.ceil(called.length / 2);
    const seqs = called.map(({ msgSeq }) => msgSeq);
    const same = called.map((one) => ({ verdict: stays(one, code, false) }));
    return { ...decide(same), split: [seqs.slice(0, half), seqs.slice(half)] };
  }
  return decide(called.map((sequence) => coded(sequence, code, now)));
}

function coded(sequence: OpenSequence, code: number, now: number): Item {
  const meaning = meaningOf(code);
  switch (meaning.class) {
    case 'sequence':
      // Also after history's word that it was not recalled: what the network held may have arrived since.
      if (code === 10030 && sequence.wasLost) {
        return { verdict: { ...final(sequence, meaning, code).verdict, state: 'recalled', presumed: true } };
      }
      return refusedOrDone(sequence, meaning, code, now);
    case 'group':
    case 'batch':
      return refusedOrDone(sequence, meaning, code, now);
    case 'done':
      return final(sequence, meaning, code);
    // The client has renewed the signature already: the key or the account is wrong.
    case 'signature':
    case 'app':
      return { verdict: stays(sequence, code, false), pauseMs: 0, stop: code };
    case 'transient':
      return again(sequence, stays(sequence, code, meaning.throttle !== true), transientTries, now, {
        ...(meaning.throttle === true ? { throttled: true, pauseMs: throttledPauseMs } : {}),
        ...(meaning.pauseMs === undefined ? {} : { pauseMs: meaning.pauseMs }),
      });
    case 'other':
      return again(sequence, stays(sequence, code, true), otherTries, now);
  }
}

/**
 * A refusal is the last word unless an attempt's answer was lost: then it may be that of a message which that one
 * recalled. History tells (resolve-unknown.ts), or the callback of its recall, which is all that a live group has.
 */
function refusedOrDone(sequence: OpenSequence, meaning: CodeMeaning, code: number, now: number): Item {
  if (sequence.lostSince === null || sequence.tries + 1 >= refusedTries) return final(sequence, meaning, code);
  return again(sequence, { ...stays(sequence, code, true), state: 'unknown' }, transientTries, now);
}

function unanswered(sequence: OpenSequence, lost: boolean, now: number): Item {
  const verdict = { ...stays(sequence, null, true), lost, ...(lost ? { state: 'unknown' as const } : {}) };
  return again(sequence, verdict, transientTries, now);
}

function again(
  sequence: OpenSequence,
  verdict: Verdict,
  triesAtMost: number,
  now: number,
  more: { pauseMs?: number; throttled?: boolean } = {},
): Item {
  const tries = sequence.tries + (verdict.counts ? 1 : 0);
  const lostSince = sequence.lostSince?.getTime() ?? (verdict.lost ? now : null);
  const usedUp = tries >= triesAtMost || sequence.attempts + 1 >= attemptsAtMost;
  if (usedUp && lostSince === null) return { verdict: { ...verdict, state: 'failed' } };
  // It may have been recalled: never `failed`; given up as `unknown` when its time is over.
  if (usedUp && lostSince !== null && now - lostSince >= resolveWithinMs) {
    return { verdict: { ...verdict, state: 'unknown' } };
  }
  return { pauseMs: pauseMs(tries), ...more, verdict };
}

/** 0.5 s, doubled with each try up to 30 s. */
function pauseMs(tries: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, tries - 1));
}

function final(sequence: OpenSequence, meaning: CodeMeaning, code: number): Item {
  const { msgSeq } = sequence;
  return { verdict: { msgSeq, state: meaning.state, retCode: code, presumed: false, lost: false, counts: true } };
}

function stays(sequence: OpenSequence, code: number | null, counts: boolean): Verdict {
  const { msgSeq, state } = sequence;
  return { msgSeq, state, retCode: code, presumed: false, lost: false, counts };
}

function groupOf(code: number): { state: FinalState; code: number } {
  return { state: meaningOf(code).state, code };
}
