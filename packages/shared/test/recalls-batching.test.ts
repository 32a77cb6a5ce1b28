import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import { insertMarks, insertMessages, internConversations } from '@chat-recall/shared/messages';
import { createRecall, getRecall, parseOrThrow, planRecall, recallRequestSchema } from '@chat-recall/shared/recalls';
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

const now = Date.now();
/** Minutes before now: close together, and so far apart that a plan takes several slices. */
const minutesAgo = fc.oneof(fc.nat(30), fc.nat(60 * 24 * 20));
const conversation = fc.array(fc.record({ ago: minutesAgo, marked: fc.nat(9).map((n) => n === 0) }), { maxLength: 45 });

test.each(['plan', 'execute'] as const)(
  'however messages are spread, a plan (%s) has each once, ten to a call, one conversation to a call',
  async (mode) => {
    let appId = mode === 'plan' ? 0 : 1_000;
    await fc.assert(
      fc.asyncProperty(fc.array(conversation, { minLength: 1, maxLength: 6 }), async (conversations) => {
        appId += 1;
        const ids = await internConversations(
          db,
          conversations.map((_, at) => ({ appId, groupId: `g${at}`, topicId: '', groupType: '' })),
        );
        const messages = conversations.flatMap((all, at) =>
          all.map(({ ago, marked }, n) => ({ conversationId: Number(ids[at]), msgSeq: n + 1, ago, marked })),
        );
        await insertMessages(
          pool,
          messages.map(({ conversationId, msgSeq, ago }) => ({
            conversationId,
            msgSeq,
            appId,
            msgTime: now - ago * 6e4,
            receivedAt: now,
            messageTypes: 1,
            sender: 'spammer',
            text: '',
            folded: null,
            pieces: [],
            raw: null,
          })),
        );
        const marks = messages.filter(({ marked }) => marked);
        await insertMarks(
          pool,
          marks.map(({ conversationId, msgSeq }) => ({ conversationId, msgSeq, recalledAt: now, operator: null })),
        );
        const request = parseOrThrow(recallRequestSchema, {
          selector: { senders: ['spammer'] },
          reason: 'r',
          mode,
        });
        const { id } = await createRecall(db, {
          appId,
          request,
          requestedBy: 'x',
          source: 'api',
          idempotencyKey: null,
        });
        expect(await planRecall(db, id)).toBe(true);

        const { rows: batches } = await pool.query<{ conversation: number; seqs: number[] }>(
          'select conversation_id as conversation, msg_seqs as seqs from batches where recall_id = $1',
          [id],
        );
        const wanted = messages.filter(({ marked }) => !marked);
        const called = batches.flatMap(({ conversation: of, seqs }) => seqs.map((seq) => `${of} ${seq}`));
        expect(called.sort()).toEqual(wanted.map(({ conversationId, msgSeq }) => `${conversationId} ${msgSeq}`).sort());
        const sizes = ids.map((of) => wanted.filter(({ conversationId }) => conversationId === of).length);
        const calls = sizes.reduce((sum, size) => sum + Math.ceil(size / 10), 0);
        expect(batches).toHaveLength(calls);
        for (const { seqs } of batches) expect(seqs.length).toBeLessThanOrEqual(10);
        expect(await getRecall(db, appId, id)).toMatchObject({
          counts: { planned: messages.length, pending: wanted.length, recalled: marks.length },
          batches: { total: calls },
        });
      }),
      { numRuns: 25 },
    );
  },
);
