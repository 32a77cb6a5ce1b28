import { sql } from 'kysely';
import type { Db, OutcomeState } from '../db/index.ts';
import { meaningOf } from '../tencent/index.ts';

/** What became of one sequence. */
export interface Outcome {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string | null;
  readonly sentAt: string | null;
  readonly state: OutcomeState;
  readonly retCode: number | null;
  /** The code in words. */
  readonly meaning: string | null;
  /** Recalled, though it was an attempt whose answer was lost that must have done it. */
  readonly presumed: boolean;
  /** It came after the plan was frozen. */
  readonly late: boolean;
  readonly attempts: number;
  readonly lastAttemptAt: string | null;
  /** When `Group.CallbackAfterRecallMsg` told of its recall. */
  readonly confirmedAt: string | null;
  /** When history showed it as recalled. */
  readonly verifiedAt: string | null;
  /** When history showed it still there although its recall was answered. */
  readonly disprovedAt: string | null;
  /** What recalled it when it was not this recall: another one's id, or who did it. */
  readonly recalledBy: {
    readonly recallId: string | null;
    readonly operator: string | null;
    readonly at: string;
  } | null;
}

export interface OutcomePosition {
  readonly conversationId: number;
  readonly msgSeq: number;
}

/** A page of outcomes, grouped by conversation, newest sequence first. */
export async function listOutcomes(
  db: Db,
  query: {
    recallId: string;
    states: readonly OutcomeState[];
    after: OutcomePosition | null;
    limit: number;
    language: 'en' | 'zh';
  },
): Promise<{ items: Outcome[]; next: OutcomePosition | null }> {
  const { recallId, states, after, limit, language } = query;
  const { rows } = await sql<OutcomeRow>`
    select o.*, c.group_id, c.topic_id, k.recall_id as mark_recall_id, k.operator, k.recalled_at, k.callback_at, k.verified_at
      from (
        select * from outcomes
         where recall_id = ${recallId}
           ${states.length === 0 ? sql`` : sql`and state = any(${states}::outcome_state[])`}
           ${after === null ? sql`` : sql`and (conversation_id, msg_seq) < (${after.conversationId}::bigint, ${after.msgSeq}::bigint)`}
         order by conversation_id desc, msg_seq desc limit ${limit + 1}
      ) o
      join conversations c using (conversation_id)
      left join recall_marks k on k.conversation_id = o.conversation_id and k.msg_seq = o.msg_seq
           and o.state = 'recalled'
     order by o.conversation_id desc, o.msg_seq desc`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toOutcome(row, language)),
    next:
      rows.length > limit && last !== undefined ? { conversationId: last.conversation_id, msgSeq: last.msg_seq } : null,
  };
}

interface OutcomeRow {
  conversation_id: number;
  msg_seq: number;
  group_id: string;
  topic_id: string;
  sender: string | null;
  sent_at: Date | null;
  state: OutcomeState;
  ret_code: number | null;
  presumed: boolean;
  late: boolean;
  attempts: number;
  last_attempt_at: Date | null;
  callback_at: Date | null;
  verified_at: Date | null;
  disproved_at: Date | null;
  recall_id: string;
  mark_recall_id: string | null;
  operator: string | null;
  recalled_at: Date | null;
}

function toOutcome(row: OutcomeRow, language: 'en' | 'zh'): Outcome {
  return {
    groupId: row.group_id,
    topicId: row.topic_id === '' ? null : row.topic_id,
    msgSeq: row.msg_seq,
    sender: row.sender,
    sentAt: row.sent_at?.toISOString() ?? null,
    state: row.state,
    retCode: row.ret_code,
    meaning: row.ret_code === null ? null : meaningOf(row.ret_code)[language],
    presumed: row.presumed,
    late: row.late,
    attempts: row.attempts,
    lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
    confirmedAt: row.callback_at?.toISOString() ?? null,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    disprovedAt: row.disproved_at?.toISOString() ?? null,
    recalledBy:
      row.recalled_at === null || row.mark_recall_id === row.recall_id
        ? null
        : { recallId: row.mark_recall_id, operator: row.operator, at: row.recalled_at.toISOString() },
  };
}
