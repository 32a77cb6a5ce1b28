import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { isTextKept, typeNames } from '../messages/index.ts';
import type { OutcomePosition } from './outcomes.ts';

/** A message that a recall took back, as it was. */
export interface Evidence {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  readonly text: string;
  /** False: the index did not keep it, or it was erased since. */
  readonly textKept: boolean;
  readonly messageTypes: readonly string[];
  readonly recalledAt: string;
}

/** A page of what a recall took back. Reading it belongs into the audit: that is the caller's part. */
export async function listEvidence(
  db: Db,
  query: { recallId: string; after: OutcomePosition | null; limit: number },
): Promise<{ items: Evidence[]; next: OutcomePosition | null }> {
  const { recallId, after, limit } = query;
  const { rows } = await sql<{
    conversation_id: number;
    group_id: string;
    topic_id: string;
    msg_seq: number;
    sender: string;
    sent_at: Date;
    text: string;
    message_types: number;
    recalled_at: Date;
  }>`
    select e.*, c.group_id, c.topic_id from evidence e join conversations c using (conversation_id)
     where e.recall_id = ${recallId}
       ${after === null ? sql`` : sql`and (e.conversation_id, e.msg_seq) < (${after.conversationId}::bigint, ${after.msgSeq}::bigint)`}
     order by e.conversation_id desc, e.msg_seq desc limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      groupId: row.group_id,
      topicId: row.topic_id === '' ? null : row.topic_id,
      msgSeq: row.msg_seq,
      sender: row.sender,
      sentAt: row.sent_at.toISOString(),
      text: row.text,
      textKept: isTextKept(row.message_types),
      messageTypes: typeNames(row.message_types),
      recalledAt: row.recalled_at.toISOString(),
    })),
    next:
      rows.length > limit && last !== undefined ? { conversationId: last.conversation_id, msgSeq: last.msg_seq } : null,
  };
}
