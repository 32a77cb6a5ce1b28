import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';
import { seededRandom } from '@chat-recall/simulator';
import { fillMessages } from '../src/fill/fill-messages.ts';
import { zipf } from '../src/fill/zipf.ts';

const appId = 1_400_000_000;
let database: TestDatabase;
let pool: Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

async function counted(condition: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from messages where ${condition}`);
  return rows[0]?.n ?? -1;
}

test('fills each day of the span with messages as they would have come in', async () => {
  const now = Date.UTC(2026, 0, 31, 12);
  const filled = await fillMessages(pool, {
    count: 20_000,
    appId,
    days: 40,
    now,
    conversations: 100,
    senders: 50,
    planted: [{ text: '裸聊群', share: 0.02 }],
  });
  expect(await counted('true')).toBe(20_000);
  // Nothing waits in the default partition.
  const { rows: parts } = await pool.query<{ name: string }>(
    'select distinct tableoid::regclass::text as name from messages',
  );
  expect(parts).toHaveLength(41);
  expect(parts.map(({ name }) => name)).not.toContain('messages_default');
  expect((await counted("text ~ '^[一-龥]'")) / 20_000).toBeCloseTo(0.6, 1);
  expect((await counted("text like '%裸聊群%'")) / 20_000).toBeCloseTo(0.02, 2);
  // English texts begin with a capital: their search form is another one, and its pieces find it.
  expect(await counted('folded is null and text <> lower(text)')).toBe(0);
  expect(await counted(`pieces @> array[${('裸'.charCodeAt(0) << 16) | '聊'.charCodeAt(0)}]`)).toBe(
    await counted("text like '%裸聊%'"),
  );
  // Sequences of a conversation rise with time, without a gap.
  const { rows: gaps } = await pool.query<{ n: number }>(
    `select count(*)::int as n from (select msg_seq, row_number() over (partition by conversation_id order by msg_time, msg_seq) as at
       from messages) s where msg_seq <> at`,
  );
  expect(gaps[0]?.n).toBe(0);
  expect(filled.conversations.reduce((sum, { messages }) => sum + messages, 0)).toBe(20_000);
  expect(filled.conversations.some(({ topicId }) => topicId !== '')).toBe(true);
  expect(await counted(`sender = '${filled.senders[0]}'`)).toBeGreaterThan(
    await counted(`sender = '${filled.senders[40]}'`),
  );
});

test('the same seed gives the same rows', async () => {
  const sum = async (seed: number): Promise<string | undefined> => {
    await pool.query('truncate messages');
    await fillMessages(pool, { count: 3_000, appId, seed, days: 3, now: Date.UTC(2026, 0, 31) });
    const { rows } = await pool.query<{ sum: string }>(
      `select md5(string_agg(concat(conversation_id, msg_seq, msg_time, sender, text), '' order by conversation_id, msg_seq)) as sum
         from messages`,
    );
    return rows[0]?.sum;
  };
  const first = await sum(1);
  expect(await sum(1)).toBe(first);
  expect(await sum(2)).not.toBe(first);
});

test("ranks are drawn by Zipf's law, the rarest, too", () => {
  const draw = zipf(seededRandom(1), 1_000);
  const counts = new Float64Array(1_000);
  for (let n = 0; n < 1_000_000; n += 1) {
    const rank = draw();
    counts[rank] = (counts[rank] ?? 0) + 1;
  }
  const drawn = (rank: number): number => counts[rank] ?? 0;
  expect(drawn(0) / drawn(9)).toBeCloseTo(10, -1);
  expect(drawn(0) / drawn(99)).toBeGreaterThan(50);
  expect(counts.every((count) => count > 0)).toBe(true);
});
