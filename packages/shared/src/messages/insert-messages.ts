import type { Queries } from '../db/index.ts';
import { int4Array, int4Lists, int8Array, textArray, timestampArray } from './array-parameters.ts';
import { anyTextFlag, textFlags } from './message-types.ts';
import { noteTextlessDays } from './textless.ts';

/** Ways by which a message comes into the index, the one that tells most first. */
export const messageSources = ['callback', 'registered', 'history', 'file'] as const;
export type MessageSource = (typeof messageSources)[number];

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
  /** How it came; by callback unless said. */
  readonly source?: MessageSource;
}

/** The rows, as they come in the parameters. */
const incoming = `unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::timestamptz[],
                         $6::integer[], $7::text[], $8::text[], $9::text[], $11::integer[], $12::integer[],
                         $13::text[], $14::integer[])
               as n (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender, text, folded,
                     pieces, ends, raw, source)`;
const piecesOfRow = '($10::integer[])[n.ends - n.pieces + 1 : n.ends]';

/**
 * Adds messages in one statement. Of a message that comes more than once the copy from the source that
 * tells most is kept, of equal ones the one received first: in whatever order they come, the same row
 * results, and one that was erased stays so. The order of the key keeps two batches with the same messages from waiting for each other.
 * A better copy is taken from the parameters and not from `excluded`, which would need the right to read texts.
 *
 * @returns how many rows were added or bettered
 */
export async function insertMessages(pool: Queries, all: readonly NewMessage[]): Promise<number> {
  if (all.length === 0) return 0;
  const messages = bestOfEach(all);
  if (messages.some(isTextless)) await noteTextlessDays(pool, messages.filter(isTextless));
  // All pieces travel as one array, and each row cuts out its own: arrays of arrays must be even.
  let length = 0;
  const ends = messages.map(({ pieces }) => (length += pieces.length));
  const { rowCount } = await pool.query({
    name: 'insert_messages',
    text: `insert into messages as m (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender,
                                 text, folded, pieces, raw, source)
           select n.conversation_id, n.msg_seq, n.app_id, n.msg_time, n.received_at, n.message_types, n.sender,
                  n.text, n.folded, ${piecesOfRow}, n.raw, n.source from ${incoming}
            order by n.conversation_id, n.msg_seq, n.msg_time
           on conflict (conversation_id, msg_seq, msg_time) do update
             set (app_id, received_at, message_types, sender, text, folded, pieces, raw, source) =
                 (select n.app_id, n.received_at, n.message_types, n.sender, n.text, n.folded, ${piecesOfRow}, n.raw, n.source
                    from ${incoming}
                   where n.conversation_id = m.conversation_id and n.msg_seq = m.msg_seq and n.msg_time = m.msg_time)
           where (excluded.source, excluded.received_at) < (m.source, m.received_at)
             and m.message_types & ${textFlags.erased} = 0`,
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
      int4Array(messages, rankOf),
    ],
  });
  return rowCount ?? 0;
}

function isTextless({ messageTypes }: NewMessage): boolean {
  return (messageTypes & anyTextFlag) !== 0;
}

function rankOf({ source }: NewMessage): number {
  return source === undefined ? 0 : messageSources.indexOf(source);
}

/** In the order of the key, for a statement may not touch a row twice. */
function bestOfEach(all: readonly NewMessage[]): readonly NewMessage[] {
  const sorted = all.toSorted(compare);
  return sorted.filter((message, at) => {
    const before = sorted[at - 1];
    return before === undefined || compareKeys(before, message) !== 0;
  });
}

/** By key, then the better copy first. */
function compare(a: NewMessage, b: NewMessage): number {
  return compareKeys(a, b) || rankOf(a) - rankOf(b) || a.receivedAt - b.receivedAt;
}

function compareKeys(a: NewMessage, b: NewMessage): number {
  return a.conversationId - b.conversationId || a.msgSeq - b.msgSeq || a.msgTime - b.msgTime;
}
