import type { Pool } from '../db/index.ts';
import { int4Array, int4Lists, int8Array, textArray, timestampArray } from './array-parameters.ts';

/** A message ready for the index. */
export interface NewMessage {
  readonly conversationId: number;
  readonly msgSeq: number;
  readonly appId: number;
  /** Unix milliseconds. */
  readonly msgTime: number;
  /** Unix milliseconds. */
  readonly receivedAt: number;
  readonly messageTypes: number;
  readonly sender: string;
  readonly text: string;
  /** The search form; null: the same as the text. */
  readonly folded: string | null;
  /** Of the search form. */
  readonly pieces: readonly number[];
  /** The callback's body, valid UTF-8; null: not kept. */
  readonly raw: string | Buffer | null;
}

/**
 * Adds messages in one statement; those that are there already stay as they are. The order of the key
 * keeps two batches with the same messages from waiting for each other.
 *
 * @returns how many were new
 */
export async function insertMessages(pool: Pool, messages: readonly NewMessage[]): Promise<number> {
  if (messages.length === 0) return 0;
  // All pieces travel as one array, and each row cuts out its own: arrays of arrays must be even.
  let length = 0;
  const ends = messages.map(({ pieces }) => (length += pieces.length));
  const { rowCount } = await pool.query({
    name: 'insert_messages',
    text: `insert into messages (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender,
                                 text, folded, pieces, raw)
           select n.conversation_id, n.msg_seq, n.app_id, n.msg_time, n.received_at, n.message_types, n.sender,
                  n.text, n.folded, ($10::integer[])[n.ends - n.pieces + 1 : n.ends], n.raw
             from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[],
                         $6::integer[], $7::text[], $8::text[], $9::text[], $11::integer[], $12::integer[],
                         $13::text[])
               as n (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender, text, folded,
                     pieces, ends, raw)
            order by n.conversation_id, n.msg_seq, n.msg_time
           on conflict do nothing`,
    values: [
      int8Array(messages, (message) => message.conversationId),
      int8Array(messages, (message) => message.msgSeq),
      int8Array(messages, (message) => message.appId),
      timestampArray(messages, (message) => message.msgTime),
      timestampArray(messages, (message) => message.receivedAt),
      int4Array(messages, (message) => message.messageTypes),
      textArray(messages, (message) => message.sender),
      textArray(messages, (message) => message.text),
      textArray(messages, (message) => message.folded),
      int4Lists(messages, length, (message) => message.pieces),
      int4Array(messages, (message) => message.pieces.length),
      int4Array(ends, (end) => end),
      textArray(messages, (message) => message.raw),
    ],
  });
  return rowCount ?? 0;
}
