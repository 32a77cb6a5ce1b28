import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import { insertMessages, internConversations, maintainPartitions } from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const dayMs = 86_400_000;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const keep = (days: number) => [{ appId: 1, days }];
let database: TestDatabase;
let pool: Pool;
let db: Db;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

async function write(msgSeq: number, msgTime: number, receivedAt = Date.now()): Promise<void> {
  const [conversationId] = await internConversations(db, [{ appId: 1, groupId: 'g', topicId: '', groupType: '' }]);
  await insertMessages(pool, [
    {
      conversationId: Number(conversationId),
      msgSeq,
      appId: 1,
      msgTime,
      receivedAt,
      messageTypes: 1,
      sender: 's',
      text: 't',
      folded: null,
      pieces: [],
      raw: null,
    },
  ]);
}
async function homes(): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ seq: number; home: string }>(
    'select msg_seq as seq, tableoid::regclass::text as home from messages',
  );
  return Object.fromEntries(rows.map(({ seq, home }) => [seq, home]));
}
const partition = (ms: number): string => `messages_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;

test('a message lies in the partition of its UTC day, up to the last moment', async () => {
  await write(1, today);
  await write(2, today - 1);
  expect(await homes()).toEqual({ 1: partition(today), 2: partition(today - dayMs) });
});

test('days are made ahead, and once', async () => {
  const later = new Date(today + 20 * dayMs);
  expect((await maintainPartitions(db, keep(90), { now: later })).made).toBe(8);
  expect((await maintainPartitions(db, keep(90), { now: later })).made).toBe(0);
  await write(1, later.getTime() + 7 * dayMs);
  expect(await homes()).toEqual({ 1: partition(later.getTime() + 7 * dayMs) });
});

test('rows that wait in the default partition move when their day is made', async () => {
  const old = today - 60 * dayMs;
  await write(1, old);
  await write(2, old - 1);
  expect(await homes()).toEqual({ 1: 'messages_default', 2: 'messages_default' });
  await maintainPartitions(db, keep(90));
  expect(await homes()).toEqual({ 1: partition(old), 2: partition(old - 1) });
});

test('what is older than the retention goes by whole days; other times are kept as long from receipt', async () => {
  await write(1, today - 30 * dayMs);
  await write(2, today - 10 * dayMs);
  await write(3, Date.UTC(2017, 2, 28));
  await write(4, Date.UTC(2017, 2, 28), today - 40 * dayMs);
  const { dropped } = await maintainPartitions(db, keep(10));
  expect(dropped).toContain(partition(today - 30 * dayMs));
  expect(dropped).not.toContain(partition(today - 10 * dayMs));
  expect(Object.keys(await homes())).toEqual(['2', '3']);
});

test('several at once are safe', async () => {
  await write(1, today - 60 * dayMs);
  const results = await Promise.all(
    [1, 2, 3].map(() => maintainPartitions(db, keep(90), { now: new Date(today + 30 * dayMs) })),
  );
  expect(results.reduce((sum, { made }) => sum + made, 0)).toBe(9);
});
