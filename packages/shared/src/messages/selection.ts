import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { pieces } from './pieces.ts';

/** What to look for, ready for the database: keywords folded, groups and topics as conversations. */
export interface Selection {
  readonly appId: number;
  readonly senders: readonly string[];
  readonly excludeSenders: readonly string[];
  /** Folded, none empty. */
  readonly keywords: readonly string[];
  /** null: any conversation. */
  readonly conversationIds: readonly number[] | null;
  /** null: any sequence; else only these. */
  readonly sequences: readonly Sequence[] | null;
  /** The search form that a message must have, whole; null: any. */
  readonly sameText: string | null;
  /** Bits of message types, one of which a message must have; 0: any. */
  readonly messageTypes: number;
}

export interface Sequence {
  readonly conversationId: number;
  readonly msgSeq: number;
}

/** `text` as a LIKE pattern that contains it literally; backslash is Postgres' default escape. */
export function likeContains(text: string): string {
  return `%${text.replaceAll(/[\\%_]/gu, '\\$&')}%`;
}

/**
 * The condition on `messages m` for a selection; the window is the caller's. The pieces find the rows
 * by index, LIKE on the search form makes it exact.
 */
export function matches(selection: Selection): RawBuilder<boolean> {
  const all = [sql`m.app_id = ${selection.appId}`];
  if (selection.senders.length > 0) all.push(sql`m.sender = any(${selection.senders}::text[])`);
  if (selection.excludeSenders.length > 0) all.push(sql`m.sender <> all(${selection.excludeSenders}::text[])`);
  if (selection.conversationIds !== null) {
    all.push(sql`m.conversation_id = any(${selection.conversationIds}::bigint[])`);
  }
  if (selection.keywords.length > 0) all.push(sql`(${sql.join(selection.keywords.map(contains), sql` or `)})`);
  if (selection.sameText !== null) all.push(isText(selection.sameText));
  if (selection.messageTypes !== 0) all.push(sql`m.message_types & ${selection.messageTypes}::integer <> 0`);
  if (selection.sequences !== null) {
    const conversations = selection.sequences.map(({ conversationId }) => conversationId);
    const seqs = selection.sequences.map(({ msgSeq }) => msgSeq);
    all.push(sql`(m.conversation_id, m.msg_seq) in
      (select * from unnest(${conversations}::bigint[], ${seqs}::bigint[]))`);
  }
  return sql<boolean>`${sql.join(all, sql` and `)}`;
}

function contains(keyword: string): RawBuilder<boolean> {
  const found = sql<boolean>`coalesce(m.folded, m.text) like ${likeContains(keyword)}`;
  // A keyword of one character has no piece: nothing but reading the texts finds it.
  return keyword.length < 2 ? found : sql<boolean>`(m.pieces @> ${pieces(keyword)}::integer[] and ${found})`;
}

/** By its pieces where it has any; each text of one character is looked at. */
function isText(folded: string): RawBuilder<boolean> {
  const same = sql<boolean>`coalesce(m.folded, m.text) = ${folded}`;
  // Pieces beyond these narrow nothing down any more, and a long text has thousands.
  return folded.length < 2 ? same : sql<boolean>`(m.pieces @> ${pieces(folded).slice(0, 24)}::integer[] and ${same})`;
}

/** The search form of an indexed message; null: the index does not hold it, or it has no text. */
export async function foldedTextOf(
  db: Db,
  appId: number,
  message: { groupId: string; topicId: string | null; msgSeq: number },
): Promise<string | null> {
  const row = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.conversation_id', 'messages.conversation_id')
    .select(['messages.text', 'messages.folded'])
    .where('conversations.app_id', '=', appId)
    .where('conversations.group_id', '=', message.groupId)
    .where('conversations.topic_id', '=', message.topicId ?? '')
    .where('messages.msg_seq', '=', message.msgSeq)
    .orderBy('messages.received_at')
    .executeTakeFirst();
  const folded = row === undefined ? '' : (row.folded ?? row.text);
  return folded === '' ? null : folded;
}

/**
 * The conversations that a choice of groups and topics means: both lists joined by AND, each by OR; a
 * group means the group itself and all topics seen in it. null when neither list names anything.
 */
export async function conversationsOf(
  db: Db,
  appId: number,
  groupIds: readonly string[],
  topicIds: readonly string[],
): Promise<readonly number[] | null> {
  if (groupIds.length === 0 && topicIds.length === 0) return null;
  let query = db.selectFrom('conversations').select('conversation_id').where('app_id', '=', appId);
  if (groupIds.length > 0) query = query.where('group_id', 'in', [...groupIds]);
  if (topicIds.length > 0) query = query.where('topic_id', 'in', [...topicIds]);
  const rows = await query.execute();
  return rows.map((row) => row.conversation_id);
}
