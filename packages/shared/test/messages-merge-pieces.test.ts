import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { contentOf, createPieceMerger, insertMessages, mergedBeside } from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const dayMs = 86_400_000;
const today = Math.floor(Date.now() / dayMs) * dayMs;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test', settings: mergedBeside });
  await pool.query('create extension pgstattuple');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Entries of the keyword index that wait to be merged, of the partitions that have any. */
async function waiting(): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ day: string; tuples: number }>(
    `select t.relname as day, (pgstatginindex(i.inhrelid)).pending_tuples as tuples
       from pg_inherits i join pg_index x on x.indexrelid = i.inhrelid join pg_class t on t.oid = x.indrelid
      where i.inhparent = 'messages_pieces'::regclass`,
  );
  return Object.fromEntries(rows.filter(({ tuples }) => tuples > 0).map(({ day, tuples }) => [day, tuples]));
}

async function insertAt(msgTime: number, msgSeq: number): Promise<void> {
  await insertMessages(pool, [
    {
      conversationId: 1,
      msgSeq,
      appId: 1,
      msgTime,
      receivedAt: msgTime,
      sender: 'ann',
      ...contentOf([{ MsgType: 'TIMTextElem', MsgContent: { Text: 'buy now' } }]),
      raw: null,
    },
  ]);
}

function nameOf(at: number): string {
  return `messages_${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

test('merges the days that were noted, and nothing else', async () => {
  const errors: unknown[] = [];
  const merger = createPieceMerger(pool, (error) => errors.push(error));
  await insertAt(today, 1);
  await insertAt(today - dayMs, 2);
  expect(Object.keys(await waiting()).sort()).toEqual([nameOf(today - dayMs), nameOf(today)]);
  merger.note(today);
  // Far beyond all days there are: not an error.
  merger.note(8.6e15);
  await merger.loop.kick();
  expect(Object.keys(await waiting())).toEqual([nameOf(today - dayMs)]);
  merger.note(today - dayMs);
  await merger.loop.kick();
  expect(await waiting()).toEqual({});
  await merger.loop.stop();
  expect(errors).toEqual([]);
});

test('inserts of the connections that are merged beside make no merges of their own below 16 MB', async () => {
  const { rows } = await pool.query<{ gin_pending_list_limit: string }>('show gin_pending_list_limit');
  expect(rows).toEqual([{ gin_pending_list_limit: '16MB' }]);
});
