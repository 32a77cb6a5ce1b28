import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** 64-bit columns: read as numbers (all of them stay below 2^53: see pool.ts), written as numbers. */
type Int8 = number;
type Time = ColumnType<Date, Date | string, Date | string>;
type TimeOrNull = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

export type OutcomeState =
  | 'pending'
  | 'recalled'
  | 'not_found'
  | 'expired'
  | 'not_recallable'
  | 'failed'
  | 'unknown'
  | 'cancelled';

export type BatchState = 'waiting' | 'queued' | 'running' | 'done';

export type RecallState =
  | 'planning'
  | 'planned'
  | 'awaiting_approval'
  | 'running'
  | 'paused'
  | 'completed'
  | 'completed_with_failures'
  | 'cancelled'
  | 'failed';

interface Conversations {
  conversation_id: GeneratedAlways<Int8>;
  app_id: Int8;
  group_id: string;
  topic_id: Generated<string>;
  group_type: Generated<string>;
  first_seen_at: Generated<Date>;
  gone_at: TimeOrNull;
}

interface Messages {
  conversation_id: Int8;
  msg_seq: Int8;
  app_id: Int8;
  msg_time: Time;
  received_at: Time;
  message_types: number;
  sender: string;
  text: string;
  folded: string | null;
  pieces: number[];
  raw: string | null;
  source: Generated<number>;
}

interface RecallMarks {
  conversation_id: Int8;
  msg_seq: Int8;
  recalled_at: Time;
  operator: string | null;
  recall_id: string | null;
  answered_at: TimeOrNull;
  callback_at: TimeOrNull;
  verified_at: TimeOrNull;
}

interface Quarantine {
  id: GeneratedAlways<Int8>;
  received_at: Generated<Date>;
  app_id: Int8;
  command: string;
  raw: Buffer;
  error: string;
}

interface Recalls {
  id: string;
  app_id: Int8;
  state: RecallState;
  selector: ColumnType<unknown, string, string>;
  reason: string;
  mode: 'plan' | 'execute';
  priority: number;
  requested_by: string;
  source: 'api' | 'queue';
  idempotency_key: string | null;
  request_hash: string;
  matched: Generated<Int8>;
  plan_until: TimeOrNull;
  plan_fence: Generated<number>;
  plan_lease_until: TimeOrNull;
  refused_conversations: Generated<Int8[]>;
  pause_code: number | null;
  state_note: string | null;
  requested_person: Generated<string>;
  approve_above: Int8 | null;
  max_messages: Int8 | null;
  awaiting_since: TimeOrNull;
  approved_by: string | null;
  approved_at: TimeOrNull;
  executed_by: string | null;
  executed_person: string | null;
  protected_left_out: Generated<Int8>;
  canary_messages: number | null;
  canary_failed_share: number | null;
  canary_state: 'running' | 'passed' | 'stopped' | null;
  created_at: Generated<Date>;
  planned_at: TimeOrNull;
  started_at: TimeOrNull;
  finished_at: TimeOrNull;
  details_dropped_at: TimeOrNull;
}

interface RecallCounters {
  recall_id: string;
  shard: number;
  pending: Generated<Int8>;
  recalled: Generated<Int8>;
  not_found: Generated<Int8>;
  expired: Generated<Int8>;
  not_recallable: Generated<Int8>;
  failed: Generated<Int8>;
  unknown: Generated<Int8>;
  cancelled: Generated<Int8>;
  batches_total: Generated<Int8>;
  batches_done: Generated<Int8>;
}

interface Outcomes {
  recall_id: string;
  conversation_id: Int8;
  msg_seq: Int8;
  sent_at: TimeOrNull;
  last_attempt_at: TimeOrNull;
  lost_since: TimeOrNull;
  state: OutcomeState;
  ret_code: number | null;
  attempts: Generated<number>;
  tries: Generated<number>;
  presumed: Generated<boolean>;
  sender: string | null;
  disproved_at: TimeOrNull;
  late: Generated<boolean>;
}

interface Batches {
  recall_id: string;
  conversation_id: Int8;
  part: number;
  round: Generated<number>;
  job_starts: Generated<number>;
  fence: Generated<number>;
  state: Generated<BatchState>;
  newest: Time;
  late: Generated<boolean>;
  not_before: Generated<Date>;
  queued_at: TimeOrNull;
  lease_until: TimeOrNull;
  worker: string | null;
  msg_seqs: Int8[];
}

interface Follows {
  recall_id: string;
  seconds: number;
  until: TimeOrNull;
  sent_from: TimeOrNull;
  since: Time;
  approve_above: Int8 | null;
  max_messages: Int8 | null;
  late: Generated<Int8>;
  left_out: Generated<Int8>;
  cause: 'limit' | 'size' | 'approval' | 'cap' | 'copy_gone' | null;
  looked_at: Generated<Date>;
  sweep_due_at: Generated<Date>;
  ended_at: TimeOrNull;
}

interface LeftOut {
  recall_id: string;
  conversation_id: Int8;
  msg_seq: Int8;
  msg_time: Time;
  why: 'protected' | 'limit' | 'size' | 'approval' | 'cap';
}

interface Rules {
  recall_id: string;
  name: string | null;
  daily_cap: Int8;
  last_hit_at: TimeOrNull;
}

interface RuleDays {
  recall_id: string;
  day: ColumnType<Date, string, string>;
  taken: Generated<Int8>;
  left_out: Generated<Int8>;
}

interface Attempts {
  attempt_id: GeneratedAlways<Int8>;
  recall_id: string;
  conversation_id: Int8;
  part: number;
  fence: number;
  started_at: Generated<Date>;
  finished_at: TimeOrNull;
  http_status: number | null;
  error_code: number | null;
  result: 'answered' | 'lost' | 'not_sent' | null;
  worker: string;
  msg_seqs: Int8[];
  ret_codes: number[] | null;
}

interface ApiTokens {
  token_id: string;
  name: string;
  person: string;
  role: 'viewer' | 'moderator' | 'approver' | 'admin';
  token_hash: Buffer;
  max_messages: Int8 | null;
  created_at: Generated<Date>;
  created_by: string;
  expires_at: TimeOrNull;
  last_used_at: TimeOrNull;
  revoked_at: TimeOrNull;
}

interface Sessions {
  session_hash: Buffer;
  token_id: string | null;
  csrf_token: string;
  /** Of a log-in by the provider of identities, as are `person` and `role`. */
  name: string | null;
  person: string | null;
  role: 'viewer' | 'moderator' | 'approver' | 'admin' | null;
  created_at: Generated<Date>;
  last_seen_at: Generated<Date>;
}

interface ProtectedSenders {
  app_id: Int8;
  sender: string;
  reason: string;
  created_by: string;
  created_at: Generated<Date>;
}

interface ProtectedMessages {
  conversation_id: Int8;
  msg_seq: Int8;
  reason: string;
  created_by: string;
  created_at: Generated<Date>;
}

interface Evidence {
  recall_id: string;
  conversation_id: Int8;
  msg_seq: Int8;
  app_id: Int8;
  sender: string;
  sent_at: Time;
  message_types: number;
  text: string;
  recalled_at: Generated<Date>;
}

/** The tables of `migrations/`, as Kysely sees them. */
export interface Tables {
  conversations: Conversations;
  messages: Messages;
  recall_marks: RecallMarks;
  quarantine: Quarantine;
  recalls: Recalls;
  recall_counters: RecallCounters;
  outcomes: Outcomes;
  batches: Batches;
  attempts: Attempts;
  follows: Follows;
  left_out: LeftOut;
  rules: Rules;
  rule_days: RuleDays;
  api_tokens: ApiTokens;
  sessions: Sessions;
  protected_senders: ProtectedSenders;
  protected_messages: ProtectedMessages;
  evidence: Evidence;
}
