import type { Pool } from '@chat-recall/shared/db';
import { contentOf, createConversations, insertMessages, type NewMessage } from '@chat-recall/shared/messages';
import { makeBodies } from './bodies.ts';

/** What a receiver with 64 connections writes at once. */
const batchRows = 40;
const statements = 3;
const dayMs = 86_400_000;

interface Body {
  readonly GroupId: string;
  readonly TopicId?: string;
  readonly Type: string;
  readonly From_Account: string;
  readonly MsgSeq: number;
  readonly MsgTime: number;
  readonly MsgBody: readonly unknown[];
}

/** Fills the partition of one day with messages that came by callback, and vacuums it. */
export async function fillDay(
  pool: Pool,
  options: { appId: number; messages: number; textLength: number; keepRaw: boolean; daysAgo: number },
): Promise<void> {
  const { appId, messages, keepRaw, daysAgo } = options;
  const bodies = makeBodies({ appId, count: 50_000, seed: 3, textLength: options.textLength });
  const conversations = createConversations(pool);
  const midnight = Math.floor(Date.now() / dayMs - daysAgo) * dayMs;

  async function message(at: number): Promise<NewMessage> {
    const msgTime = midnight + Math.floor((at / messages) * dayMs);
    const raw = Buffer.from(bodies.next(at, msgTime));
    const body = JSON.parse(raw.toString()) as Body;
    const [conversationId = 0] = await conversations.idsOf([
      { appId, groupId: body.GroupId, topicId: body.TopicId ?? '', groupType: body.Type },
    ]);
    return {
      conversationId,
      msgSeq: body.MsgSeq,
      appId,
      msgTime: body.MsgTime * 1_000,
      receivedAt: msgTime + 300,
      sender: body.From_Account,
      ...contentOf(body.MsgBody),
      raw: keepRaw ? raw : null,
    };
  }

  const underWay = new Set<Promise<unknown>>();
  for (let done = 0; done < messages; done += batchRows) {
    const rows = await Promise.all(
      Array.from({ length: Math.min(batchRows, messages - done) }, (_, at) => message(done + at)),
    );
    const statement: Promise<unknown> = insertMessages(pool, rows).finally(() => underWay.delete(statement));
    underWay.add(statement);
    if (underWay.size >= statements) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  await pool.query(`vacuum (analyze) ${partitionOf(daysAgo)}`);
}

/** Of a day's partition, bytes. */
export interface DaySizes {
  readonly total: number;
  readonly table: number;
  /** By what they index. */
  readonly indexes: Readonly<Record<string, number>>;
}

export async function sizesOfDay(pool: Pool, daysAgo: number): Promise<DaySizes> {
  const name = partitionOf(daysAgo);
  const { rows } = await pool.query<{ columns: string; bytes: number }>(
    `select substring(pg_get_indexdef(indexrelid) from 'USING (.*)$') as columns, pg_relation_size(indexrelid) as bytes
       from pg_index where indrelid = $1::regclass order by 1`,
    [name],
  );
  const sizes = await pool.query<{ total: number; table: number }>(
    'select pg_total_relation_size($1::regclass) as total, pg_table_size($1::regclass) as table',
    [name],
  );
  const { total = 0, table = 0 } = sizes.rows[0] ?? {};
  return { total, table, indexes: Object.fromEntries(rows.map(({ columns, bytes }) => [columns, bytes])) };
}

function partitionOf(daysAgo: number): string {
  const day = new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10);
  return `messages_${day.replaceAll('-', '')}`;
}
