import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import type { HashPieces } from './hash-pieces.ts';
import { textFlags } from './message-types.ts';
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
  /** The text that a message must have, whole; null: any. */
  readonly sameText: SameText | null;
  /** Finds what is kept as pieces; null: there is no key, and keywords do not. */
  readonly hash: HashPieces | null;
  /** Bits of message types, one of which a message must have; 0: any. */
  readonly messageTypes: number;
}

/** A text to compare with. */
export interface SameText {
  /** Its search form; null: the index does not know it. */
  readonly folded: string | null;
  /** The keyed hashes of its pieces; null: there is no key, or the text has one character only. */
  readonly hashed: readonly number[] | null;
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
 * by index, LIKE on the search form makes it exact. Of rows that are kept as hashed pieces those are found
 * that have all pieces of a keyword, in whatever order: all true matches, and perhaps others.
 */
export function matches(selection: Selection): RawBuilder<boolean> {
  const all = [sql`m.app_id = ${selection.appId}`];
  if (selection.senders.length > 0) all.push(sql`m.sender = any(${selection.senders}::text[])`);
  if (selection.excludeSenders.length > 0) all.push(sql`m.sender <> all(${selection.excludeSenders}::text[])`);
  if (selection.conversationIds !== null) {
    all.push(sql`m.conversation_id = any(${selection.conversationIds}::bigint[])`);
  }
  if (selection.keywords.length > 0)
    all.push(anyOf(selection.keywords.flatMap((keyword) => contains(keyword, selection.hash))));
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

function anyOf(conditions: readonly RawBuilder<boolean>[]): RawBuilder<boolean> {
  return conditions.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(conditions, sql` or `)})`;
}

function contains(keyword: string, hash: HashPieces | null): RawBuilder<boolean>[] {
  const found = sql<boolean>`coalesce(m.folded, m.text) like ${likeContains(keyword)}`;
  // A keyword of one character has no piece: nothing but reading the texts finds it.
  if (keyword.length < 2) return [found];
  const exact = sql<boolean>`(m.pieces @> ${pieces(keyword)}::integer[] and ${found})`;
  return hash === null
    ? [exact]
    : [exact, sql<boolean>`(${asPieces} and m.pieces @> ${hash(pieces(keyword))}::integer[])`];
}

const asPieces = sql<boolean>`m.message_types & ${sql.lit(textFlags.asPieces)} <> 0`;
/** Pieces beyond these narrow nothing down any more, and a long text has thousands. */
const narrowingPieces = 24;

/** By its pieces where it has any; each text of one character is looked at. */
function isText({ folded, hashed }: SameText): RawBuilder<boolean> {
  const all: RawBuilder<boolean>[] = [];
  if (folded !== null) {
    const same = sql<boolean>`coalesce(m.folded, m.text) = ${folded}`;
    const some = pieces(folded).slice(0, narrowingPieces);
    all.push(folded.length < 2 ? same : sql<boolean>`(m.pieces @> ${some}::integer[] and ${same})`);
  }
  if (hashed !== null) {
    const some = hashed.slice(0, narrowingPieces);
    all.push(sql<boolean>`(${asPieces} and m.pieces @> ${some}::integer[] and m.pieces = ${hashed}::integer[])`);
  }
  return anyOf(all);
}

/** The text of an indexed message; null: the index does not hold the message, or nothing to compare with. */
export async function sameTextOf(
  db: Db,
  appId: number,
  message: { groupId: string; topicId: string | null; msgSeq: number },
  hash: HashPieces | null,
): Promise<SameText | null> {
  const row = await db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.conversation_id', 'messages.conversation_id')
    .select(['messages.text', 'messages.folded', 'messages.pieces', 'messages.message_types'])
    .where('conversations.app_id', '=', appId)
    .where('conversations.group_id', '=', message.groupId)
    .where('conversations.topic_id', '=', message.topicId ?? '')
    .where('messages.msg_seq', '=', message.msgSeq)
    .orderBy('messages.received_at')
    .executeTakeFirst();
  if (row === undefined) return null;
  if ((row.message_types & textFlags.asPieces) !== 0) {
    return row.pieces.length === 0 ? null : { folded: null, hashed: row.pieces };
  }
  const folded = row.folded ?? row.text;
  if (folded === '') return null;
  return { folded, hashed: hash === null || folded.length < 2 ? null : hash(pieces(folded)) };
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
