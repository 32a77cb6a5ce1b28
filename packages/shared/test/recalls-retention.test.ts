import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import {
  insertMarks,
  insertMessages,
  insertQuarantine,
  internConversations,
  maintainPartitions,
} from '@chat-recall/shared/messages';
import {
  createRecall,
  dropOldRecords,
  getRecall,
  neededDays,
  parseOrThrow,
  planRecall,
  recallRequestSchema,
} from '@chat-recall/shared/recalls';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const dayMs = 86_400_000;
const today = Math.floor(Date.now() / dayMs) * dayMs;
const appId = 1;
let database: TestDatabase;
let pool: Pool;
let db: Db;
let conversationId: number;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
  const [id] = await internConversations(db, [{ appId, groupId: 'g', topicId: '', groupType: '' }]);
  conversationId = Number(id);
});
afterEach(async () => {
  await db.destroy();
  await database.drop();
});

const partition = (ms: number): string => `messages_${new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')}`;
async function write(
  rows: readonly { msgSeq: number; msgTime: number; appId?: number; sender?: string }[],
): Promise<void> {
  await insertMessages(
    pool,
    rows.map((row) => ({
      conversationId,
      appId,
      receivedAt: row.msgTime,
      messageTypes: 1,
      sender: 's',
      text: 't',
      folded: null,
      pieces: [],
      raw: null,
      ...row,
    })),
  );
}
/** A recall with a frozen plan, not executed. */
async function planned(selector: object): Promise<string> {
  const request = parseOrThrow(recallRequestSchema, { selector, reason: 'r', mode: 'plan' });
  const { id } = await createRecall(db, { appId, request, requestedBy: 'x', source: 'api', idempotencyKey: null });
  await planRecall(db, id);
  return id;
}
async function seqs(): Promise<number[]> {
  const { rows } = await pool.query<{ n: number }>('select msg_seq as n from messages order by 1');
  return rows.map(({ n }) => n);
}
async function count(table: string): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(`select count(*) as n from ${table}`);
  return rows[0]?.n ?? 0;
}

test('a day that an open recall needs is held, for seven days at most', async () => {
  await write([
    { msgSeq: 1, msgTime: today - 12 * dayMs },
    { msgSeq: 2, msgTime: today - 13 * dayMs, sender: 'another' },
    { msgSeq: 3, msgTime: today - 20 * dayMs },
  ]);
  const id = await planned({ senders: ['s'] });
  const keep = [{ appId, days: 10 }];
  const first = await maintainPartitions(db, keep, { needed: neededDays });
  const held = { name: partition(today - 12 * dayMs), recallIds: [id] };
  expect(first.held).toEqual([held]);
  expect(first.overdue).toEqual([{ name: partition(today - 20 * dayMs), recallIds: [id] }]);
  expect(await seqs()).toEqual([1]);

  const later = await maintainPartitions(db, keep, { needed: neededDays, now: new Date(today + 6 * dayMs) });
  expect([later.held, later.overdue]).toEqual([[], [held]]);
  expect(await seqs()).toEqual([]);
});

test('a day is let go once its recall has ended, or has called all of it', async () => {
  await write([{ msgSeq: 1, msgTime: today - 12 * dayMs }]);
  const id = await planned({ senders: ['s'] });
  const keep = [{ appId, days: 10 }];
  expect((await maintainPartitions(db, keep, { needed: neededDays })).held).toHaveLength(1);
  await pool.query(`update outcomes set state = 'unknown' where recall_id = $1`, [id]);
  expect((await maintainPartitions(db, keep, { needed: neededDays })).held).toHaveLength(1);
  await pool.query(`update outcomes set state = 'failed' where recall_id = $1`, [id]);
  const after = await maintainPartitions(db, keep, { needed: neededDays });
  expect(after).toMatchObject({ held: [], overdue: [] });
  expect(after.dropped).toContain(partition(today - 12 * dayMs));
});

test('apps keep their messages for their own time: rows go in chunks, the partition with the longest', async () => {
  const times = [5, 15, 25].map((days) => today - days * dayMs);
  await write(times.flatMap((msgTime, at) => [1, 2, 3].map((app) => ({ msgSeq: 10 * app + at, msgTime, appId: app }))));
  await write(Array.from({ length: 6_000 }, (_, n) => ({ msgSeq: 1_000 + n, msgTime: today - 16 * dayMs, appId: 2 })));
  // Of no day: kept for as long, counted from receipt.
  await pool.query(`insert into messages select conversation_id, msg_seq + 100000, app_id, 'epoch', received_at, 1, 's', '', null, '{}', null
                      from messages where msg_seq < 100`);
  const keep = [
    { appId: 1, days: 20 },
    { appId: 2, days: 10 },
  ];
  expect(await maintainPartitions(db, keep)).toMatchObject({ deleted: 6_001 });
  expect(await seqs()).toEqual([10, 11, 20, 30, 31, 100_010, 100_011, 100_020, 100_030, 100_031]);
  expect(await maintainPartitions(db, keep)).toMatchObject({ deleted: 0, dropped: [] });
});

test('rows of an app stay while an open recall of it needs their day', async () => {
  await write([
    { msgSeq: 1, msgTime: today - 12 * dayMs },
    { msgSeq: 2, msgTime: today - 18 * dayMs },
  ]);
  await planned({ senders: ['s'] });
  const keep = [
    { appId, days: 10 },
    { appId: 2, days: 30 },
  ];
  expect(await maintainPartitions(db, keep, { needed: neededDays })).toMatchObject({ deleted: 1 });
  expect(await seqs()).toEqual([1]);
});

test('a future time does not keep a message for ever', async () => {
  await write([{ msgSeq: 1, msgTime: today + 4_000 * dayMs }]);
  await maintainPartitions(db, [{ appId, days: 10 }]);
  expect(await seqs()).toEqual([1]);
  await pool.query(`update messages set received_at = now() - interval '50 days'`);
  await maintainPartitions(db, [{ appId, days: 10 }]);
  expect(await seqs()).toEqual([]);
});

test('records go in their time, and of an old recall the counts stay', async () => {
  await write([
    { msgSeq: 1, msgTime: today - dayMs },
    { msgSeq: 2, msgTime: today - dayMs },
  ]);
  const [old, young] = [await planned({ senders: ['s'] }), await planned({ senders: ['s'] })];
  for (const [id, days] of [
    [old, 401],
    [young, 399],
  ] as const) {
    await pool.query(
      `update recalls set state = 'completed', finished_at = now() - make_interval(days => $2) where id = $1`,
      [id, days],
    );
    await pool.query(
      `insert into attempts (recall_id, conversation_id, part, fence, worker, msg_seqs) values ($1, $2, 0, 1, 'w', '{1}')`,
      [id, conversationId],
    );
    await pool.query(
      `insert into evidence (recall_id, conversation_id, msg_seq, app_id, sender, sent_at, message_types, text, recalled_at)
       values ($1, $2, 1, 1, 's', now(), 1, 't', now() - make_interval(days => $3))`,
      [id, conversationId, days - 220],
    );
    await pool.query(`insert into deliveries (recall_id, ended_at) values ($1, now())`, [id]);
  }
  await insertMarks(
    pool,
    [100, 80].map((days, at) => ({
      conversationId,
      msgSeq: 10 + at,
      recalledAt: Date.now() - days * dayMs,
      operator: 'o',
    })),
  );
  await pool.query(
    `insert into recall_marks (conversation_id, msg_seq, recalled_at, recall_id) values
     ($1, 20, now() - interval '100 days', $2), ($1, 21, now() - interval '401 days', $3)`,
    [conversationId, young, old],
  );
  for (const days of [91, 89]) {
    await insertQuarantine(pool, { appId, command: 'c', raw: Buffer.from('x'), error: 'e' });
    await pool.query(
      `update quarantine set received_at = now() - make_interval(days => $1) where received_at > now() - interval '1 hour'`,
      [days],
    );
  }
  const keep = { messageDays: 90, evidenceDays: 180, recallDays: 400 };
  expect(await dropOldRecords(db, keep)).toEqual({ evidence: 1, marks: 2, quarantined: 1, recalls: 1 });
  for (const table of ['outcomes', 'batches', 'attempts', 'deliveries', 'evidence', 'quarantine'])
    expect([table, await count(table)]).toEqual([table, table === 'outcomes' ? 2 : 1]);
  const { rows } = await pool.query<{ n: number }>('select msg_seq as n from recall_marks order by 1');
  expect(rows.map(({ n }) => n)).toEqual([11, 20]);
  expect((await getRecall(db, appId, old)).detailsDroppedAt).toEqual(expect.any(String));
  expect((await getRecall(db, appId, young)).detailsDroppedAt).toBeNull();
  const { rows: counts } = await pool.query(
    'select sum(pending)::int as pending from recall_counters group by recall_id order by recall_id',
  );
  expect(counts).toEqual([{ pending: 2 }, { pending: 2 }]);
  expect(await dropOldRecords(db, keep)).toEqual({ evidence: 0, marks: 0, quarantined: 0, recalls: 0 });
});
