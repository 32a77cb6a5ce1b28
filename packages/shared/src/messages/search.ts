import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { isTextKept, typeNames } from './message-types.ts';
import { matches, type Selection } from './selection.ts';

/** A message as people and programs see it. */
export interface FoundMessage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  readonly text: string;
  /** False: `text` is empty because the index keeps none of it, or not any more. */
  readonly textKept: boolean;
  readonly messageTypes: readonly string[];
  readonly recalled: { readonly at: string; readonly by: string | null; readonly recallId: string | null } | null;
}

/** Where a page ended: the key of its last row. */
export interface SearchPosition {
  readonly msgTime: string;
  readonly conversationId: number;
  readonly msgSeq: number;
}

/** A page of messages, newest first, and where the next one begins (null: there is none). */
export async function searchMessages(
  db: Db,
  query: {
    selection: Selection;
    sentFrom: Date | null;
    sentTo: Date | null;
    after: SearchPosition | null;
    limit: number;
  },
): Promise<{ items: FoundMessage[]; next: SearchPosition | null }> {
  const { selection, sentFrom, sentTo, after, limit } = query;
  const rows = await readRows(
    db,
    sql`select * from messages m
         where ${matches(selection)}
           ${sentFrom === null ? sql`` : sql`and m.msg_time >= ${sentFrom}`}
           ${sentTo === null ? sql`` : sql`and m.msg_time < ${sentTo}`}
           ${
             after === null
               ? sql``
               : sql`and m.msg_time <= ${after.msgTime}::timestamptz
              and (m.msg_time, m.conversation_id, m.msg_seq)
                < (${after.msgTime}::timestamptz, ${after.conversationId}::bigint, ${after.msgSeq}::bigint)`
           }
         order by m.msg_time desc, m.conversation_id desc, m.msg_seq desc
         limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toMessage),
    next:
      rows.length > limit && last !== undefined
        ? { msgTime: last.msg_time.toISOString(), conversationId: last.conversation_id, msgSeq: last.msg_seq }
        : null,
  };
}

/** Messages, newest first, with their conversations and what recalled them. @param source rows of `messages` */
export async function readMessages(db: Db, source: RawBuilder<unknown>): Promise<FoundMessage[]> {
  return (await readRows(db, source)).map(toMessage);
}

async function readRows(db: Db, source: RawBuilder<unknown>): Promise<FoundRow[]> {
  const { rows } = await sql<FoundRow>`
    select c.group_id, c.topic_id, m.conversation_id, m.msg_seq, m.sender, m.msg_time, m.text, m.message_types,
           k.recalled_at, k.recall_id, coalesce(r.requested_by, k.operator) as recalled_by
      from (${source}) m
      join conversations c using (conversation_id)
      left join recall_marks k using (conversation_id, msg_seq)
      left join recalls r on r.id = k.recall_id
     order by m.msg_time desc, m.conversation_id desc, m.msg_seq desc`.execute(db);
  return rows;
}

interface FoundRow {
  group_id: string;
  topic_id: string;
  conversation_id: number;
  msg_seq: number;
  sender: string;
  msg_time: Date;
  text: string;
  message_types: number;
  recalled_at: Date | null;
  recall_id: string | null;
  recalled_by: string | null;
}

function toMessage(row: FoundRow): FoundMessage {
  return {
    groupId: row.group_id,
    topicId: row.topic_id === '' ? null : row.topic_id,
    msgSeq: row.msg_seq,
    sender: row.sender,
    sentAt: row.msg_time.toISOString(),
    text: row.text,
    textKept: isTextKept(row.message_types),
    messageTypes: typeNames(row.message_types),
    recalled:
      row.recalled_at === null
        ? null
        : { at: row.recalled_at.toISOString(), by: row.recalled_by, recallId: row.recall_id },
  };
}
