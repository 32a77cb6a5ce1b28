export { beginBatch, beginPart, holdBatch, leaseSeconds, type BatchKey, type BegunBatch } from './begin-attempt.ts';
export { judgeCanaries } from './canary.ts';
export { createRecall, priorityName, priorityNumber, type Bounds } from './create.ts';
export { feedBatches, type FedBatch } from './feed.ts';
export { finishAttempt, sentSpan, type FinishedAttempt, type Recorded, type SentSpan } from './finish-attempt.ts';
export { finishGroup, forgetRefusals, noteRefusal } from './finish-group.ts';
export { failRecall, planRecall, type PlanHistory } from './plan.ts';
export { listOutcomes, type Outcome, type OutcomePosition } from './outcomes.ts';
export { getRecall, listRecalls, type Recall } from './read.ts';
export {
  expireLeases,
  finishRecalls,
  longQueued,
  sweepCancelled,
  unplannedRecalls,
  unqueueBatches,
} from './reconcile.ts';
export { dropLeftOut, dueFollows, lookForLate, stopFollowing, type Look } from './follow.ts';
export type { Tail, TailCause } from './tail.ts';
export { createRule, getRule, listRules, type Rule } from './rules.ts';
export {
  faultsOf,
  maxNamedSequences,
  mostFollowSeconds,
  parseOrThrow,
  queuedRequestSchema,
  recallRequestSchema,
  ruleRequestSchema,
  type QueuedRequest,
  type RecallRequest,
  type RuleRequest,
  type Selector,
} from './request.ts';
export {
  otherTries,
  refusedTries,
  resolveWithinMs,
  settle,
  transientTries,
  type Decision,
  type OpenSequence,
  type Verdict,
} from './settle.ts';
export {
  approvalExpiresHours,
  approveRecall,
  cancelRecall,
  executeRecall,
  expireApprovals,
  pauseRecall,
  reopenBatch,
  resumeRecall,
  retryRecall,
  stopRecall,
  type Executor,
} from './transitions.ts';
export { driftOf, isLargeDrift, type Drift } from './drift.ts';
export { listEvidence, type Evidence } from './evidence.ts';
export { dropOldRecords, neededDays, type DroppedRecords, type RecordRetention } from './retention.ts';
export { previewPlan, type PlanPreview } from './preview.ts';
export { errorsOf, paceOf, type Pace, type RecallErrors } from './progress.ts';
export { textNotKept } from './text-warnings.ts';
export type { Warning } from './warnings.ts';
export { dropSamples, readHealth, type Health } from './health.ts';
export { readSender, type SenderProfile } from './sender.ts';
export {
  listProtectedMessages,
  listProtectedSenders,
  protectMessage,
  protectSender,
  unprotectMessage,
  unprotectSender,
  type ProtectedMessage,
  type ProtectedSender,
} from './protected.ts';
export { listDeliveries, noteEndedRecalls, settleDelivery, takeDeliveries, type Delivery } from './deliveries.ts';
export { resolveUnknown, type LookUpParts } from './resolve-unknown.ts';
export { confirmWithinMinutes, endVerifications, requestVerification, verifyStep, wantVerification } from './verify.ts';
export { listFindings, type PlanFinding } from './findings.ts';
export type { Check, Proof } from './proof.ts';
