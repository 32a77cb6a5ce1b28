import type { Db, RateGate } from '@chat-recall/shared/db';
import {
  beginBatch,
  beginPart,
  finishAttempt,
  finishGroup,
  forgetRefusals,
  holdBatch,
  leaseSeconds,
  noteRefusal,
  sentSpan,
  settle,
  stopRecall,
  unqueueBatches,
  type BegunBatch,
  type Decision,
  type OpenSequence,
  type Verdict,
} from '@chat-recall/shared/recalls';
import { groupMsgRecall, type RecallAnswer, type TencentClient } from '@chat-recall/shared/tencent';
import { anotherSlot, reserveSlot } from './slots.ts';

/** A batch to call, from its job. */
export interface BatchToCall {
  /** The app whose client calls it; the recall must be of the same. */
  readonly sdkAppId: number;
  readonly recallId: string;
  readonly conversationId: number;
  readonly part: number;
  readonly round: number;
  readonly groupId: string;
  readonly topicId: string | null;
}

export interface CallParts {
  readonly db: Db;
  readonly client: TencentClient;
  readonly gate: RateGate;
  readonly workerName: string;
  readonly timeoutMs: number;
  readonly sendReason: boolean;
  /** Aborted when the process stops: nothing new is called. */
  readonly signal: AbortSignal;
  readonly onCall: (answer: RecallAnswer, decision: Decision, seconds: number) => void;
}

/** How a run over a batch ended. */
export type BatchEnd =
  /** Not to be called now: superseded, taken by another worker, or its recall is not running. */
  | { readonly kind: 'not_due' }
  /** Back to wait for its next turn. */
  | { readonly kind: 'waiting'; readonly againInMs: number }
  | { readonly kind: 'done'; readonly failed: number; readonly codes: readonly number[] };

/** Three groups in a row that say "no permission": it is the app's permission that is missing. */
const refusalsInARow = 3;

/**
 * Calls one batch: takes it under a lease, writes each attempt before the call and its codes after it,
 * and splits it when the platform refuses it as a whole. Every call takes a slot of the rate gate.
 *
 * @param priority of its recall; lower goes first at the gate
 * @param starts see beginBatch
 */
export async function callBatch(
  parts: CallParts,
  batch: BatchToCall,
  priority: number,
  starts: number,
): Promise<BatchEnd> {
  const { db, gate, signal } = parts;
  const worker = { name: parts.workerName, starts, leaseSeconds: leaseSeconds(parts.timeoutMs) };
  const slot = await reserveSlot(gate, priority, signal);
  let takingSince = performance.now();
  const begun = slot && (await beginBatch(db, batch, worker));
  if (slot === null || begun === null) {
    // The process stops, or the recall was paused: the batch waits for the feeder again. Else this changes nothing.
    await unqueueBatches(db, [batch]);
    return { kind: 'not_due' };
  }
  const run = startRun(parts, batch, begun);
  const first = begun.open.filter(isCallable);
  if (begun.attemptId === null) return run.close();
  if (!(await slot.use()) && !(await anotherSlot(gate, priority, signal, takingSince)))
    return run.putBack(begun.attemptId, first);

  const todo: OpenSequence[][] = [first];
  let attemptId: number | null = begun.attemptId;
  for (let called = todo.shift(); called !== undefined; called = todo.shift()) {
    if (attemptId === null) {
      // A part of a split batch: the slot first, so that the lease and the recall's state are fresh.
      const next = await reserveSlot(gate, priority, signal);
      if (next === null) return run.leave();
      takingSince = performance.now();
      attemptId = await beginPart(
        db,
        { ...batch, fence: begun.fence },
        worker,
        called.map(({ msgSeq }) => msgSeq),
      );
      if (attemptId === null) return run.leave();
      if (!(await next.use()) && !(await anotherSlot(gate, priority, signal, takingSince)))
        return run.putBack(attemptId, called);
    }
    const started = performance.now();
    const answer = await recall(parts, batch, called, begun.reason, async () => {
      const since = performance.now();
      if (!(await holdBatch(db, { ...batch, fence: begun.fence }, worker))) return false;
      return anotherSlot(gate, priority, signal, since);
    });
    const decision = settle(called, answer, Date.now());
    parts.onCall(answer, decision, (performance.now() - started) / 1000);
    const bySeq = new Map(called.map((sequence) => [sequence.msgSeq, sequence]));
    todo.unshift(...decision.split.map((seqs) => seqs.flatMap((seq) => bySeq.get(seq) ?? [])));
    if (!(await run.record(attemptId, answer, decision, todo.length > 0))) return { kind: 'not_due' };
    if (decision.stop !== null) break;
    attemptId = null;
  }
  return run.end();
}

async function recall(
  parts: CallParts,
  batch: BatchToCall,
  called: readonly OpenSequence[],
  reason: string,
  mayCallAgain: () => Promise<boolean>,
): Promise<RecallAnswer> {
  // The first HTTP attempt has its slot already. A refusal of the signature may have taken as long as an answer may:
  // before one with a renewed signature the recall may have been cancelled, or the lease be gone.
  let first = true;
  return groupMsgRecall(
    parts.client,
    {
      groupId: batch.groupId,
      topicId: batch.topicId ?? '',
      msgSeqs: called.map(({ msgSeq }) => msgSeq),
      reason: parts.sendReason ? reason : undefined,
    },
    async () => {
      if (!first && !(await mayCallAgain())) throw new Error('the batch is not to be called any more');
      first = false;
    },
  );
}

/** What a run over one batch has found so far, and the ways it ends. */
function startRun(parts: CallParts, batch: BatchToCall, begun: BegunBatch) {
  const { db } = parts;
  const key = { recallId: batch.recallId, conversationId: batch.conversationId, part: batch.part, fence: begun.fence };
  const sent = sentSpan(begun.open);
  const codes = new Set<number>();
  const open = new Set<number>();
  // What needs no call, or must have none, is settled with the first attempt.
  let uncalled = begun.open.filter((sequence) => !isCallable(sequence)).map(settledWithoutCall);
  let pauseMs = 0;
  let failed = 0;

  return {
    /** False: the lease is lost, and another worker has the batch. */
    async record(attemptId: number, answer: RecallAnswer, decision: Decision, more: boolean): Promise<boolean> {
      for (const seq of decision.open) open.add(seq);
      pauseMs = Math.max(pauseMs, jittered(decision.pauseMs));
      for (const { state, retCode } of decision.verdicts)
        if (state === 'failed' && retCode !== null) codes.add(retCode);
      // First the recall stops, then its batch goes back: no feeder may take it in between.
      if (decision.stop !== null) await stopRecall(db, batch.recallId, decision.stop);
      if (decision.throttled) await parts.gate.throttled();
      const waits = open.size > 0 || (decision.stop !== null && more);
      const next = more && decision.stop === null ? 'running' : waits ? 'waiting' : 'done';
      const recorded = await finishAttempt(db, {
        key,
        attempt: { id: attemptId, answer },
        verdicts: [...uncalled, ...decision.verdicts],
        next,
        pauseMs,
        sent,
      });
      uncalled = [];
      failed = recorded.failedBefore + decision.verdicts.filter(({ state }) => state === 'failed').length;
      if (decision.group !== null) await finishGroup(db, batch.recallId, batch.conversationId, decision.group);
      await noteRefusals(db, batch, begun, answer, decision);
      return recorded.held;
    },
    /** Everything is recalled already or protected: settles it without a call. */
    async close(): Promise<BatchEnd> {
      const recorded = await finishAttempt(db, {
        key,
        attempt: null,
        verdicts: uncalled,
        next: 'done',
        pauseMs: 0,
        sent,
      });
      return { kind: 'done', failed: recorded.failedBefore, codes: [] };
    },
    /** The call was not made: the attempt is closed as such, and uses nothing up. */
    async putBack(attemptId: number, called: readonly OpenSequence[]): Promise<BatchEnd> {
      const answer: RecallAnswer = { kind: 'not_sent', httpStatus: null, cause: 'no slot in time' };
      const verdicts = called.map(({ msgSeq, state }) => ({
        msgSeq,
        state,
        retCode: null,
        presumed: false,
        lost: false,
        counts: false,
      }));
      const attempt = { id: attemptId, answer };
      await finishAttempt(db, {
        key,
        attempt,
        verdicts: [...uncalled, ...verdicts],
        next: 'waiting',
        pauseMs: 0,
        sent,
      });
      return { kind: 'waiting', againInMs: 0 };
    },
    /** The recall stopped, or the lease was lost, between two parts. */
    async leave(): Promise<BatchEnd> {
      await finishAttempt(db, { key, attempt: null, verdicts: uncalled, next: 'waiting', pauseMs, sent });
      return { kind: 'waiting', againInMs: pauseMs };
    },
    end(): BatchEnd {
      return open.size > 0 ? { kind: 'waiting', againInMs: pauseMs } : { kind: 'done', failed, codes: [...codes] };
    },
  };
}

async function noteRefusals(
  db: Db,
  batch: BatchToCall,
  begun: BegunBatch,
  answer: RecallAnswer,
  decision: Decision,
): Promise<void> {
  if (decision.group?.code === 10007) {
    const refused = await noteRefusal(db, batch.recallId, batch.conversationId);
    if (refused >= refusalsInARow) await stopRecall(db, batch.recallId, 10007);
  } else if (begun.refusedBefore && answer.kind === 'answered' && answer.errorCode === 0) {
    await forgetRefusals(db, batch.recallId);
  }
}

function isCallable({ marked, protected: untouchable }: OpenSequence): boolean {
  return !marked && !untouchable;
}

function settledWithoutCall({ msgSeq, marked }: OpenSequence): Verdict {
  return {
    msgSeq,
    state: marked ? 'recalled' : 'cancelled',
    retCode: null,
    presumed: false,
    lost: false,
    counts: false,
  };
}

/** Spreads retries by a fifth, so that what failed together does not come back together. */
function jittered(ms: number): number {
  return Math.round(ms * (0.9 + Math.random() * 0.2));
}
