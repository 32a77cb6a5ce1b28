import type { Pool, Queries } from '../db/index.ts';
import {
  cleanText,
  insertMessages,
  insertVerified,
  type MessageSource,
  type NewMessage,
  type ReadContent,
} from '../messages/index.ts';
import type { HistoryItem } from '../tencent/index.ts';
import { rangesOf, toMultirange, type Range } from './ranges.ts';

/**
 * Puts what history told of a range into the index: messages, marks of recalled ones, and last of all the
 * coverage, so that a killed worker asks again and loses nothing. Never clears a recall mark; a message that
 * a callback brought stays as it is.
 *
 * @param read what of the texts is kept
 * @param now Unix milliseconds
 * @returns how many messages were added
 */
export async function storeTold(
  pool: Pool,
  conversation: { readonly appId: number; readonly conversationId: number },
  told: { readonly range: Range; readonly items: readonly HistoryItem[] },
  source: MessageSource,
  read: ReadContent,
  now: number,
): Promise<number> {
  const added = await storeItems(pool, conversation, told.items, source, read, now);
  await pool.query({
    name: 'coverage_told',
    text: coverageTold,
    values: toldValues(conversation.conversationId, told),
  });
  return added;
}

/** The first part of `storeTold`: messages and marks, not the coverage. */
export async function storeItems(
  queries: Queries,
  conversation: { readonly appId: number; readonly conversationId: number },
  items: readonly HistoryItem[],
  source: MessageSource,
  read: ReadContent,
  now: number,
): Promise<number> {
  const { conversationId } = conversation;
  const added = await insertMessages(
    queries,
    items.filter(({ kind }) => kind === 'message').map((item) => toMessage(conversation, item, source, read, now)),
  );
  await insertVerified(
    queries,
    items.filter(({ kind }) => kind === 'recalled').map(({ msgSeq }) => ({ conversationId, msgSeq })),
    now,
  );
  return added;
}

/** The last part of it, for `toldValues`. */
export const coverageTold = `
  insert into coverage as c (conversation_id, known, recalled, placeholders, system, active_at)
  values ($1, $2::int8multirange, $3::int8multirange, $4::int8multirange, $5::int8multirange, 'epoch')
  on conflict (conversation_id) do update
     set known = c.known + excluded.known,
         -- Only of what was not known: the rest of the range is in the index.
         recalled = c.recalled + (excluded.recalled - c.known),
         placeholders = c.placeholders + (excluded.placeholders - c.known),
         system = c.system + (excluded.system - c.known)`;

/** What a told range adds to the coverage. */
export function toldValues(
  conversationId: number,
  told: { readonly range: Range; readonly items: readonly HistoryItem[] },
): [number, string, string, string, string] {
  const seqsOf = (kind: HistoryItem['kind']): number[] =>
    told.items.filter((item) => item.kind === kind).map(({ msgSeq }) => msgSeq);
  const present = new Set(told.items.map(({ msgSeq }) => msgSeq));
  const absent: number[] = [];
  // A range of which all has expired may be long; it is written as one.
  const long = told.range.to - told.range.from > 1_000;
  if (!long) for (let seq = told.range.from; seq <= told.range.to; seq++) if (!present.has(seq)) absent.push(seq);
  const placeholders = [...seqsOf('placeholder'), ...absent];
  return [
    conversationId,
    toMultirange([told.range]),
    toMultirange(rangesOf(seqsOf('recalled'))),
    toMultirange(long ? [told.range] : rangesOf(placeholders)),
    toMultirange(rangesOf(seqsOf('system'))),
  ];
}

function toMessage(
  { appId, conversationId }: { readonly appId: number; readonly conversationId: number },
  item: HistoryItem,
  source: MessageSource,
  read: ReadContent,
  now: number,
): NewMessage {
  return {
    conversationId,
    msgSeq: item.msgSeq,
    appId,
    // A time that was not told: the message is new enough to be there.
    msgTime: item.msgTime === 0 ? now : item.msgTime,
    receivedAt: now,
    sender: cleanText(item.sender),
    ...read(Array.isArray(item.body) ? item.body : []),
    raw: null,
    source,
  };
}
