import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { OutcomePosition } from './outcomes.ts';

/** What the check before a recall found out about one planned sequence. */
export interface PlanFinding {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  /** Left out: `sender_differs`, `no_match`. In the plan still: `edited`. */
  readonly finding: 'sender_differs' | 'no_match' | 'edited';
  readonly sender: string | null;
  /** Whom history names. */
  readonly toldSender: string | null;
  /** What the message says now; null: it was not read again. */
  readonly text: string | null;
  readonly foundAt: string;
}

/** A page of what a check found. Reading texts belongs into the audit: that is the caller's part. */
export async function listFindings(
  db: Db,
  query: { recallId: string; after: OutcomePosition | null; limit: number },
): Promise<{ items: PlanFinding[]; next: OutcomePosition | null }> {
  const { recallId, after, limit } = query;
  const { rows } = await sql<FindingRow>`
    select f.*, c.group_id, c.topic_id from plan_findings f join conversations c using (conversation_id)
     where f.recall_id = ${recallId}
       ${after === null ? sql`` : sql`and (f.conversation_id, f.msg_seq) < (${after.conversationId}::bigint, ${after.msgSeq}::bigint)`}
     order by f.conversation_id desc, f.msg_seq desc limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      groupId: row.group_id,
      topicId: row.topic_id === '' ? null : row.topic_id,
      msgSeq: row.msg_seq,
      finding: row.finding,
      sender: row.sender,
      toldSender: row.told_sender,
      text: row.text,
      foundAt: row.found_at.toISOString(),
    })),
    next:
      rows.length > limit && last !== undefined ? { conversationId: last.conversation_id, msgSeq: last.msg_seq } : null,
  };
}

interface FindingRow {
  conversation_id: number;
  group_id: string;
  topic_id: string;
  msg_seq: number;
  finding: PlanFinding['finding'];
  sender: string | null;
  told_sender: string | null;
  text: string | null;
  found_at: Date;
}
