import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { byKeys, createPool, createPreparedDb, type Db } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';
import { sql } from 'kysely';

let database: TestDatabase;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createPreparedDb(createPool({ databaseUrl: database.url, name: 'test', size: 1, settings: byKeys }));
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const twice = (n: number): Promise<number | undefined> =>
  sql<{ n: number }>`select ${n}::int * 2 as n`.execute(db).then(({ rows }) => rows[0]?.n);

test('a text is prepared once for a connection, whatever its values', async () => {
  expect([await twice(1), await twice(2), await twice(3)]).toEqual([2, 4, 6]);
  const { rows } = await sql<{ statement: string }>`
    select statement from pg_prepared_statements where statement like '%* 2 as n'`.execute(db);
  expect(rows).toEqual([{ statement: 'select $1::int * 2 as n' }]);
});

test('transactions, and statements that fail, leave the connection fit', async () => {
  await expect(
    db.transaction().execute(async (trx) => {
      await sql`insert into rate_gates (name) values (${'gone'})`.execute(trx);
      await sql`select 1 / ${0}::int`.execute(trx);
    }),
  ).rejects.toThrow('division by zero');
  const { rows } = await sql`select from rate_gates where name = ${'gone'}`.execute(db);
  expect(rows).toEqual([]);
  expect(await twice(4)).toBe(8);
});

test('what is looked up by its key is not scanned for, as small as its table may be', async () => {
  await sql`analyze recalls`.execute(db);
  const { rows } = await sql<Record<string, string>>`
    explain select from recalls where id = ${'00000000-0000-7000-8000-000000000000'}::uuid`.execute(db);
  expect(JSON.stringify(rows)).not.toContain('Seq Scan');
});
