import type { Pool } from '@chat-recall/shared/db';
import {
  contentOf,
  createConversations,
  insertMessages,
  type NewMessage,
  type ReadContent,
} from '@chat-recall/shared/messages';
import { seededRandom } from '@chat-recall/simulator';
import { makeConversations, type NewConversation } from './conversations.ts';
import { textMaker, type Planted } from './texts.ts';
import { makeVocabulary, type Vocabulary } from './vocabulary.ts';
import { zipf } from './zipf.ts';

/** Rows of one statement: beyond a few thousand it gets no faster. */
const batchRows = 2_000;
/** Statements under way: Postgres works while Node makes the next rows. */
const statements = 3;
const dayMs = 86_400_000;
/** From being sent to being received, ms. */
const delayMs = 300;
const reportEveryRows = 500_000;

export interface FillOptions {
  readonly count: number;
  readonly appId: number;
  /** The messages are spread evenly over so many days up to `now`; default 30. */
  readonly days?: number;
  /** The same seed gives the same rows; default 1. */
  readonly seed?: number;
  /** Unix milliseconds of the newest message; default the present. */
  readonly now?: number;
  /** Default 600, topics among them. */
  readonly conversations?: number;
  /** Default one for each fifty messages, at least 500. */
  readonly senders?: number;
  readonly planted?: readonly Planted[];
  /** What is kept of a text; default all of it. */
  readonly readContent?: ReadContent;
  readonly log?: (line: string) => void;
}

/** What an index was filled with. Lists are by rank, the most frequent first. */
export interface Filled {
  readonly count: number;
  readonly seconds: number;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly vocabulary: Vocabulary;
  readonly senders: readonly string[];
  readonly conversations: readonly (NewConversation & { readonly conversationId: number; readonly messages: number })[];
}

/**
 * Fills the index with messages as the receiver would: its partitions, its fold, its pieces, its insert,
 * in the order of time. Then vacuums, so that statistics are there as after a night.
 */
export async function fillMessages(pool: Pool, options: FillOptions): Promise<Filled> {
  const { count, appId, days = 30, seed = 1, now = Date.now(), readContent = contentOf, log = () => {} } = options;
  const began = performance.now();
  const random = seededRandom(seed);
  const vocabulary = makeVocabulary(random, { chinese: 6_000, english: 5_000 });
  const text = textMaker(random, vocabulary, options.planted ?? []);
  const senders = Array.from(
    { length: options.senders ?? Math.max(500, Math.ceil(count / 50)) },
    (_, rank) => `user${rank}`,
  );
  const senderRank = zipf(random, senders.length, 0.9);
  const conversations = makeConversations(appId, options.conversations ?? 600);
  const conversationRank = zipf(random, conversations.length, 0.8);
  const ids = await createConversations(pool).idsOf(conversations);
  const seqs = new Uint32Array(conversations.length);
  const from = now - days * dayMs;
  await ensurePartitions(pool, from, now);

  function message(n: number): NewMessage {
    const conversation = conversationRank();
    // Callbacks have whole seconds.
    const msgTime = Math.floor((from + ((n + random()) / count) * (now - from)) / 1_000) * 1_000;
    seqs[conversation] = (seqs[conversation] ?? 0) + 1;
    return {
      conversationId: ids[conversation] ?? 0,
      msgSeq: seqs[conversation],
      appId,
      msgTime,
      receivedAt: msgTime + delayMs,
      sender: senders[senderRank()] ?? '',
      ...readContent([{ MsgType: 'TIMTextElem', MsgContent: { Text: text() } }]),
      raw: null,
    };
  }

  const underWay = new Set<Promise<unknown>>();
  for (let done = 0; done < count; done += batchRows) {
    const rows = Array.from({ length: Math.min(batchRows, count - done) }, (_, at) => message(done + at));
    const statement: Promise<unknown> = insertMessages(pool, rows).finally(() => underWay.delete(statement));
    underWay.add(statement);
    if (underWay.size >= statements) await Promise.race(underWay);
    if (done > 0 && done % reportEveryRows === 0) log(`${done} of ${count} messages, ${rate(done, began)}/s`);
  }
  await Promise.all(underWay);
  await pool.query('vacuum (analyze) messages');
  const seconds = (performance.now() - began) / 1_000;
  log(`${count} messages indexed in ${seconds.toFixed(1)} s, ${rate(count, began)}/s`);
  return {
    count,
    seconds,
    from,
    to: now,
    vocabulary,
    senders,
    conversations: conversations.map((conversation, at) => ({
      ...conversation,
      conversationId: ids[at] ?? 0,
      messages: seqs[at] ?? 0,
    })),
  };
}

async function ensurePartitions(pool: Pool, from: number, to: number): Promise<void> {
  for (let day = Math.floor(from / dayMs) * dayMs; day <= to; day += dayMs) {
    await pool.query('select ensure_message_partition($1::date)', [new Date(day).toISOString().slice(0, 10)]);
  }
}

function rate(rows: number, began: number): number {
  return Math.round((rows / (performance.now() - began)) * 1_000);
}
