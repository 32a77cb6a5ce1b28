export { beginBatch, beginPart, leaseSeconds, type BatchKey, type BegunBatch } from './begin-attempt.ts';
export { createRecall, priorityName, priorityNumber } from './create.ts';
export { feedBatches, type FedBatch } from './feed.ts';
export { finishAttempt, type FinishedAttempt, type Recorded } from './finish-attempt.ts';
export { finishGroup, forgetRefusals, noteRefusal } from './finish-group.ts';
export { failRecall, planRecall } from './plan.ts';
export { getRecall, listOutcomes, listRecalls, type Outcome, type OutcomePosition, type Recall } from './read.ts';
export {
  expireLeases,
  finishRecalls,
  longQueued,
  sweepCancelled,
  unplannedRecalls,
  unqueueBatches,
} from './reconcile.ts';
export {
  faultsOf,
  maxNamedSequences,
  parseOrThrow,
  queuedRequestSchema,
  recallRequestSchema,
  type QueuedRequest,
  type RecallRequest,
  type Selector,
} from './request.ts';
export { otherTries, resolveWithinMs, settle, transientTries, type Decision, type OpenSequence, type Verdict } from './settle.ts';
export {
  cancelRecall,
  executeRecall,
  pauseRecall,
  reopenBatch,
  resumeRecall,
  retryRecall,
  stopRecall,
} from './transitions.ts';
