import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import {
  createConversations,
  insertMarks,
  insertMessages,
  insertQuarantine,
  internConversations,
  pieces,
  type NewMark,
  type NewMessage,
} from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const day = Date.UTC(2026, 0, 5);
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
beforeEach(async () => {
  await pool.query('truncate conversations, messages, recall_marks, quarantine');
});

function message(change: Partial<NewMessage> = {}): NewMessage {
  return {
    conversationId: 1,
    msgSeq: 1,
    appId: 1_400_000_000,
    msgTime: day,
    receivedAt: day + 1_234,
    messageTypes: 1,
    sender: 'mira',
    text: 'hello',
    folded: null,
    pieces: pieces('hello'),
    raw: null,
    ...change,
  };
}

async function rowsOf(table: string, order = '1, 2'): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown>>(`select * from ${table} order by ${order}`);
  return rows;
}

describe('insertMessages', () => {
  test('stores every column exactly', async () => {
    const rows = [
      message({
        msgSeq: Number.MAX_SAFE_INTEGER,
        text: 'Ｈello 😀',
        folded: 'hello 😀',
        pieces: pieces('hello 😀'),
        raw: Buffer.from('{"a":"\\u0000加"}'),
      }),
      message({
        conversationId: 4_294_967_297,
        msgSeq: 2,
        msgTime: 0,
        messageTypes: (1 << 30) | 1,
        sender: '',
        text: '',
        pieces: [],
        raw: '{}',
      }),
      message({
        conversationId: 2,
        msgSeq: 3,
        msgTime: 253_402_300_799_000,
        pieces: [-1, -2_147_483_648, 2_147_483_647],
      }),
      message({ conversationId: 3, msgSeq: 4, msgTime: day + 1 }),
    ];
    expect(await insertMessages(pool, rows)).toBe(4);
    const stored = await rowsOf('messages', 'msg_seq desc');
    expect(stored).toHaveLength(4);
    expect(stored[0]).toEqual({
      conversation_id: 1,
      msg_seq: Number.MAX_SAFE_INTEGER,
      app_id: 1_400_000_000,
      msg_time: new Date(day),
      received_at: new Date(day + 1_234),
      message_types: 1,
      sender: 'mira',
      text: 'Ｈello 😀',
      folded: 'hello 😀',
      pieces: pieces('hello 😀'),
      raw: '{"a":"\\u0000加"}',
      source: 0,
    });
    expect(stored[1]).toMatchObject({ msg_seq: 4, msg_time: new Date(day + 1), folded: null, raw: null });
    expect(stored[2]).toMatchObject({
      msg_time: new Date(253_402_300_799_000),
      pieces: [-1, -2_147_483_648, 2_147_483_647],
    });
    expect(stored[3]).toMatchObject({
      conversation_id: 4_294_967_297,
      msg_time: new Date(0),
      message_types: (1 << 30) | 1,
      sender: '',
      text: '',
      pieces: [],
      raw: '{}',
    });
  });

  test('any text and any pieces come back as they went', async () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 50 })
      .map((t) => t.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, ''));
    const rows = fc.array(
      fc.record({ text, sender: text, raw: fc.option(text), pieces: fc.array(fc.integer(), { maxLength: 20 }) }),
      { minLength: 1, maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        await pool.query('truncate messages');
        await insertMessages(
          pool,
          given.map((columns, at) => message({ ...columns, folded: columns.raw, msgSeq: at + 1 })),
        );
        const stored = await rowsOf('messages', 'msg_seq');
        expect(stored).toMatchObject(given.map((columns) => ({ ...columns, folded: columns.raw })));
      }),
      { numRuns: 30 },
    );
  });

  test('leaves what is there, also within one batch', async () => {
    expect(
      await insertMessages(pool, [message({ text: 'first' }), message({ text: 'second' }), message({ msgSeq: 2 })]),
    ).toBe(2);
    expect(await insertMessages(pool, [message({ text: 'third' })])).toBe(0);
    expect(await insertMessages(pool, [])).toBe(0);
    expect((await rowsOf('messages')).map(({ text }) => text)).toEqual(['first', 'hello']);
  });

  test('batches with the same messages in any order do not get in each other’s way', async () => {
    const rows = Array.from({ length: 200 }, (_, at) => message({ conversationId: (at % 7) + 1, msgSeq: at + 1 }));
    const orders = [rows, rows.toReversed(), rows.toSorted((a, b) => a.conversationId - b.conversationId), rows];
    const added = await Promise.all(orders.map((order) => insertMessages(pool, order)));
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(200);
  });
});

describe('insertMarks', () => {
  const mark = (change: Partial<NewMark> = {}): NewMark => ({
    conversationId: 1,
    msgSeq: 1,
    recalledAt: day,
    operator: 'admin',
    ...change,
  });

  test('the same rows whatever the order and however often', async () => {
    const marks = [
      mark({ recalledAt: day + 5_000 }),
      mark(),
      mark({ recalledAt: day + 9_000, operator: null }),
      mark({ msgSeq: 2, operator: null }),
      mark({ msgSeq: 2, recalledAt: day + 1, operator: 'owner' }),
      mark({ conversationId: 2 }),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...marks, ...marks, ...marks], { minLength: 18 }),
        fc.integer({ min: 1, max: 18 }),
        async (shuffled, size) => {
          await pool.query('truncate recall_marks');
          for (let at = 0; at < shuffled.length; at += size) await insertMarks(pool, shuffled.slice(at, at + size));
          const rest = { recall_id: null, answered_at: null, verified_at: null };
          expect(await rowsOf('recall_marks')).toEqual([
            {
              conversation_id: 1,
              msg_seq: 1,
              recalled_at: new Date(day),
              callback_at: new Date(day),
              operator: 'admin',
              ...rest,
            },
            {
              conversation_id: 1,
              msg_seq: 2,
              recalled_at: new Date(day),
              callback_at: new Date(day),
              operator: 'owner',
              ...rest,
            },
            {
              conversation_id: 2,
              msg_seq: 1,
              recalled_at: new Date(day),
              callback_at: new Date(day),
              operator: 'admin',
              ...rest,
            },
          ]);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('keeps what the worker wrote', async () => {
    const recallId = '01900000-0000-7000-8000-000000000001';
    const answered = new Date(day - 1_000);
    await pool.query(
      'insert into recall_marks (conversation_id, msg_seq, recalled_at, recall_id, answered_at) values (1, 1, $1, $2, $1)',
      [answered, recallId],
    );
    await insertMarks(pool, [mark()]);
    await insertMarks(pool, [mark({ recalledAt: day + 1 })]);
    expect(await rowsOf('recall_marks')).toEqual([
      {
        conversation_id: 1,
        msg_seq: 1,
        recalled_at: answered,
        recall_id: recallId,
        answered_at: answered,
        operator: 'admin',
        callback_at: new Date(day),
        verified_at: null,
      },
    ]);
  });
});

describe('conversations', () => {
  const key = (
    groupId: string,
    topicId = '',
    groupType = '',
  ): { appId: number; groupId: string; topicId: string; groupType: string } => ({
    appId: 1_400_000_000,
    groupId,
    topicId,
    groupType,
  });

  test('one number for a group, another for each topic, the same ones ever after', async () => {
    const conversations = createConversations(pool);
    const keys = [key('@TGS#A'), key('@TGS#A', '@TGS#A@TOPIC#_x'), key('@TGS#A'), key('b'), { ...key('b'), appId: 7 }];
    const ids = await conversations.idsOf(keys);
    expect(ids[0]).toBe(ids[2]);
    expect(new Set(ids).size).toBe(4);
    expect(await conversations.idsOf(keys.toReversed())).toEqual(ids.toReversed());
    expect(await createConversations(pool).idsOf(keys)).toEqual(ids);
    expect(await internConversations(db, keys)).toEqual(ids);
    expect(await internConversations(db, [])).toEqual([]);
    expect(await rowsOf('conversations')).toHaveLength(4);
  });

  test('the type is filled in when it becomes known, and stays', async () => {
    const conversations = createConversations(pool);
    const typeOf = async (): Promise<unknown> => (await rowsOf('conversations'))[0]?.['group_type'];
    const [id] = await conversations.idsOf([key('g')]);
    expect(await typeOf()).toBe('');
    expect(await conversations.idsOf([key('g'), key('g', '', 'Public'), key('g')])).toEqual([id, id, id]);
    expect(await typeOf()).toBe('Public');
    await conversations.idsOf([key('g', '', 'Private')]);
    expect(await typeOf()).toBe('Public');
  });

  test('many processes that meet a group at once agree on its number', async () => {
    const keys = Array.from({ length: 60 }, (_, at) => key(`g${at % 20}`, at % 3 === 0 ? 't' : '', 'Public'));
    const answers = await Promise.all(
      [keys, keys.toReversed(), keys, keys.toReversed()].map(async (order) => createConversations(pool).idsOf(order)),
    );
    expect(answers[2]).toEqual(answers[0]);
    expect(answers[1]?.toReversed()).toEqual(answers[0]);
  });

  test('forgets what is old, and is right all the same', async () => {
    const conversations = createConversations(pool, 4);
    const keys = Array.from({ length: 30 }, (_, at) => key(`g${at}`));
    const ids = await Promise.all(keys.map(async (one) => (await conversations.idsOf([one]))[0]));
    expect(await conversations.idsOf(keys)).toEqual(ids);
    expect(new Set(ids).size).toBe(30);
  });

  test('ids with separators inside stay apart', async () => {
    const ids = await createConversations(pool).idsOf([
      key('a\nb'),
      key('a', 'b'),
      key('a,b'),
      key('a"\\{}', 'NULL'),
      key('NULL'),
    ]);
    expect(new Set(ids).size).toBe(5);
  });
});

test('insertQuarantine keeps the bytes', async () => {
  const raw = Buffer.from([0x7b, 0, 0xff, 0x7d]);
  await insertQuarantine(pool, { appId: 5, command: 'Group.CallbackAfterSendMsg', raw, error: 'refused' });
  expect(await rowsOf('quarantine')).toMatchObject([
    { app_id: 5, command: 'Group.CallbackAfterSendMsg', raw, error: 'refused' },
  ]);
});
