import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import {
  contentOf,
  insertMarks,
  insertMessages,
  insertVerified,
  messageSources,
  type MessageSource,
} from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pool: Pool;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const at = Date.now() - 3_600_000;
const appId = 1_400_000_000;
/** Each order has a message of its own: its conversation is its number. */
type Tell = (conversationIds: readonly number[]) => Promise<unknown>;

const copyFrom =
  (source: MessageSource, receivedAt: number, text: string): Tell =>
  (ids) =>
    insertMessages(
      pool,
      ids.map((conversationId) => ({
        conversationId,
        msgSeq: 7,
        appId,
        msgTime: at,
        receivedAt,
        sender: 'ann',
        ...contentOf([{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]),
        raw: source === 'callback' ? '{}' : null,
        source,
      })),
    );
const recalledAt =
  (time: number, operator: string | null): Tell =>
  (ids) =>
    insertMarks(
      pool,
      ids.map((conversationId) => ({ conversationId, msgSeq: 7, recalledAt: time, operator })),
    );
const shownRecalledAt =
  (time: number): Tell =>
  (ids) =>
    insertVerified(
      pool,
      ids.map((conversationId) => ({ conversationId, msgSeq: 7 })),
      time,
    );

/** What may be told of one message; two copies of what the platform may tell twice. */
const events: Readonly<Record<string, Tell>> = {
  sent: copyFrom('callback', at + 1_000, 'as sent'),
  'sent again': copyFrom('callback', at + 3_000, 'as sent'),
  registered: copyFrom('registered', at + 500, 'as registered'),
  'in history': copyFrom('history', at + 9_000, 'as edited'),
  'in a file': copyFrom('file', at + 200, 'as in the file'),
  recalled: recalledAt(at + 5_000, 'owner'),
  // The platform's clock and ours may differ either way.
  'shown recalled': shownRecalledAt(at + 4_000),
  'shown recalled again': shownRecalledAt(at + 8_000),
};
const names = Object.keys(events);
const length = 5;

/** Every way to tell up to five times, in every order and with repetitions, by the digits of a number. */
function orderOf(number: number): string[] {
  return Array.from({ length }, (_, k) => String(names[Math.floor(number / names.length ** k) % names.length]));
}

test('all orders and repetitions of what is told of a message give the same rows', async () => {
  const orders = Array.from({ length: names.length ** length }, (_, number) => orderOf(number));
  expect(orders).toHaveLength(32_768);
  for (let step = 0; step < length; step += 1) {
    for (const name of names) {
      const ids = orders.flatMap((order, number) => (order[step] === name ? [number + 1] : []));
      for (let from = 0; from < ids.length; from += 2_000) await events[name]?.(ids.slice(from, from + 2_000));
    }
  }
  const { rows } = await pool.query<Record<string, unknown> & { n: number }>(
    `select n, (m.msg_time, m.received_at, m.sender, m.text, m.folded, m.pieces, m.raw, m.message_types)::text as message, m.source,
            m.received_at, k.recalled_at, k.operator, k.callback_at, k.verified_at
       from generate_series(1, $1) n
       left join messages m on m.conversation_id = n left join recall_marks k on k.conversation_id = n order by n`,
    [orders.length],
  );
  const byEvents = new Map<string, string>();
  for (const { n, ...row } of rows) {
    const told = new Set(orders[n - 1]);
    const key = [...told].sort().join(', ');
    const text = JSON.stringify(row);
    // By every order of the same events, the same rows.
    if (byEvents.has(key)) expect([key, text]).toEqual([key, byEvents.get(key)]);
    else byEvents.set(key, text);
    const copy = ['sent', 'sent again', 'registered', 'in history', 'in a file'].find((name) => told.has(name));
    const source = {
      sent: 'callback',
      'sent again': 'callback',
      registered: 'registered',
      'in history': 'history',
      'in a file': 'file',
    }[copy ?? ''];
    expect([key, row['source']]).toEqual([
      key,
      source === undefined ? null : messageSources.indexOf(source as MessageSource),
    ]);
    const time = told.has('recalled')
      ? 5_000
      : told.has('shown recalled')
        ? 4_000
        : told.has('shown recalled again')
          ? 8_000
          : null;
    expect([key, row['recalled_at']]).toEqual([key, time === null ? null : new Date(at + time)]);
    expect([key, row['operator']]).toEqual([key, told.has('recalled') ? 'owner' : null]);
  }
  // All sets of one to five of the eight.
  expect(byEvents.size).toBe(8 + 28 + 56 + 70 + 56);
}, 120_000);
