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

/** How far the first slice of a search reaches back; each further one reaches back so many times as far. */
const firstSliceMs = 3_600_000;
const sliceGrowth = 4;
/** The same as long as there is next to nothing: each slice costs a few milliseconds for being asked. */
const sparseGrowth = 16;
/** A page is sparse with less than this share of its rows. */
const sparseShare = 1 / 8;
/** The slice that would begin before takes in all that is left. */
const lastSliceMs = 43 * 86_400_000;

interface Query {
  readonly selection: Selection;
  readonly sentFrom: Date | null;
  readonly sentTo: Date | null;
  readonly after: SearchPosition | null;
  readonly limit: number;
}

/**
 * A page of messages, newest first, and where the next one begins (null: there is none).
 *
 * Looks through slices of time, the newest first, until the page is full. In one query a common word
 * would have all that hold it read and sorted: the index on pieces knows no order.
 */
export async function searchMessages(
  db: Db,
  query: Query,
): Promise<{ items: FoundMessage[]; next: SearchPosition | null }> {
  const { limit } = query;
  const rows: FoundRow[] = [];
  for (const slice of slicesOf(query, () => rows.length < limit * sparseShare)) {
    rows.push(...(await readRows(db, newestIn(query, slice, limit + 1 - rows.length))));
    if (rows.length > limit) break;
  }
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

/** `from` inclusive, `to` exclusive; null: open. */
interface Slice {
  readonly from: Date | null;
  readonly to: Date | null;
}

function* slicesOf({ selection, sentFrom, sentTo, after }: Query, isSparse: () => boolean): Generator<Slice> {
  let to = sentTo;
  if (!isInOrder(selection)) {
    const newest = Math.min(Date.now(), sentTo?.getTime() ?? Infinity, Date.parse(after?.msgTime ?? '') || Infinity);
    for (let spanMs = firstSliceMs; spanMs < lastSliceMs; spanMs *= isSparse() ? sparseGrowth : sliceGrowth) {
      const from = new Date(newest - spanMs);
      if (sentFrom !== null && from <= sentFrom) break;
      yield { from, to };
      to = from;
    }
  }
  yield { from: sentFrom, to };
}

/** Whether an index has just these messages in the order of time. */
export function isInOrder({ senders, excludeSenders, keywords, conversationIds, ...rest }: Selection): boolean {
  const { sequences, sameText, messageTypes } = rest;
  const unfiltered = keywords.length === 0 && sameText === null && messageTypes === 0 && excludeSenders.length === 0;
  return unfiltered && senders.length <= 1 && conversationIds === null && sequences === null;
}

function newestIn({ selection, after }: Query, { from, to }: Slice, limit: number): RawBuilder<unknown> {
  return sql`select * from messages m
         where ${matches(selection)}
           ${from === null ? sql`` : sql`and m.msg_time >= ${from}`}
           ${to === null ? sql`` : sql`and m.msg_time < ${to}`}
           ${
             after === null
               ? sql``
               : sql`and m.msg_time <= ${after.msgTime}::timestamptz
              and (m.msg_time, m.conversation_id, m.msg_seq)
                < (${after.msgTime}::timestamptz, ${after.conversationId}::bigint, ${after.msgSeq}::bigint)`
           }
         order by m.msg_time desc, m.conversation_id desc, m.msg_seq desc
         limit ${limit}`;
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
