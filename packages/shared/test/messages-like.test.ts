import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import {
  contentOf,
  fold,
  insertMessages,
  internConversations,
  likeContains,
  searchMessages,
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

/** Few signs, so that keywords are met by chance; those that mean something to LIKE, to SQL and to JavaScript among them. */
const unit = fc.constantFrom(...Array.from('%_\\aA\'"$.*+?[]加Ｖv😀\n '));
const word = fc.string({ unit, minLength: 1, maxLength: 4 });
const line = fc.string({ unit, maxLength: 12 });

test('what Postgres finds with a pattern of ours is what contains the words literally', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(line, word), { minLength: 200, maxLength: 200 }), async (pairs) => {
      const { rows } = await pool.query<{ found: boolean }>(
        'select t like p as found from unnest($1::text[], $2::text[]) with ordinality as x (t, p, n) order by n',
        [pairs.map(([text]) => text), pairs.map(([, keyword]) => likeContains(keyword))],
      );
      expect(rows.map(({ found }) => found)).toEqual(pairs.map(([text, keyword]) => text.includes(keyword)));
    }),
    { numRuns: 40 },
  );
});

test('a search finds the messages whose folded texts contain the folded keyword, and no others', async () => {
  let appId = 0;
  const keyword = word.filter((one) => fold(one) !== '');
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 60 }),
      fc.array(keyword, { minLength: 1, maxLength: 3 }),
      async (texts, keywords) => {
        // An app for each, so that they do not see one another.
        appId += 1;
        const [conversationId] = await internConversations(db, [{ appId, groupId: 'g', topicId: '', groupType: '' }]);
        await insertMessages(
          pool,
          texts.map((text, at) => ({
            conversationId: Number(conversationId),
            msgSeq: at + 1,
            appId,
            msgTime: Date.now(),
            receivedAt: Date.now(),
            sender: '',
            raw: null,
            ...contentOf([{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]),
          })),
        );
        const { items } = await searchMessages(db, {
          selection: {
            appId,
            senders: [],
            excludeSenders: [],
            conversationIds: null,
            sequences: null,
            sameText: null,
            hash: null,
            messageTypes: 0,
            keywords: keywords.map(fold),
          },
          sentFrom: null,
          sentTo: null,
          after: null,
          limit: 1e3,
        });
        const wanted = texts.flatMap((text, at) =>
          keywords.some((one) => fold(text).includes(fold(one))) ? [at + 1] : [],
        );
        expect(items.map(({ msgSeq }) => msgSeq).sort((a, b) => a - b)).toEqual(wanted);
      },
    ),
    { numRuns: 60 },
  );
});
