export type { AuditQuery, Role } from './access.ts';
export type { BackfillQuery, Backfills } from './backfills.ts';
export { createClient, type Client, type CoverageQuery, type MessageQuery } from './client.ts';
export {
  enqueueRecallJob,
  recallJobName,
  recallJobsQueue,
  type JobQueue,
  type RecallJob,
} from './enqueue-recall-job.ts';
export type { ErasureOrder, ErasureQuery, Erasures } from './erasures.ts';
export type { EnqueueOptions } from './enqueue-recall.ts';
export { ApiError, UnreachableError, type FieldFault } from './errors.ts';
export type {
  AuditEntry,
  Backfill,
  BackfillDetails,
  BackfillRequest,
  CoveragePage,
  CoverageSummary,
  Erasure,
  FindingPage,
  Health,
  Message,
  NewToken,
  OpenSession,
  Outcome,
  Plan,
  Problem,
  ProtectedMessage,
  ProtectedSender,
  Readiness,
  Recall,
  RecallErrors,
  RecallRequest,
  RegisteredMessages,
  RegisterMessages,
  Rule,
  RuleRequest,
  Selector,
  Session,
  Token,
} from './generated/api.ts';
export type { Page } from './pages.ts';
export type { FindingQuery, OutcomeQuery, RecallQuery, Recalls } from './recalls.ts';
export type { RuleQuery, Rules } from './rules.ts';
export type { ClientOptions } from './transport.ts';
export { allRecalled, hasEnded, type WaitOptions } from './wait-for-end.ts';
