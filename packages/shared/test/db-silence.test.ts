import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createDb, createPool, inTransaction, type Db, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, eventually, startTcpProxy, type TcpProxy, type TestDatabase } from '@chat-recall/testkit';
import { sql } from 'kysely';

let database: TestDatabase;
let proxy: TcpProxy;
let direct: Pool;
let pool: Pool;
let db: Db;
beforeEach(async () => {
  database = await createTestDatabase();
  proxy = await startTcpProxy(database.url);
  direct = createPool({ databaseUrl: database.url, name: 'direct' });
  pool = createPool({ databaseUrl: proxy.url, name: 'test', size: 2 });
  db = createDb(pool);
});
afterEach(async () => {
  await db.destroy();
  await direct.end();
  await proxy.close();
  await database.drop();
});

const silent = 'the database does not answer on this connection any more';

test('a connection that was lost in silence is given up, and the next one works', async () => {
  await pool.query('select 1');
  proxy.lose();
  await expect(pool.query('select 1')).rejects.toThrow(silent);
  expect((await pool.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
});

test('so is one in a transaction, which leaves no connection behind that does not work', async () => {
  const lost = inTransaction(db, async (trx) => {
    await sql`insert into rate_gates (name) values ('lost')`.execute(trx);
    proxy.lose();
    await sql`insert into rate_gates (name) values ('never')`.execute(trx);
  });
  await expect(lost).rejects.toThrow();
  const [one, two] = await Promise.all([sql`select 1 as n`.execute(db), sql`select 2 as n`.execute(db)]);
  expect([one.rows, two.rows]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
});

test('where nobody answers at all, nothing waits for ever', async () => {
  await pool.query('select 1');
  proxy.loseAll();
  await expect(pool.query('select 1')).rejects.toThrow(silent);
  await expect(pool.query('select 1')).rejects.toThrow('timeout');
  proxy.heal();
  expect((await pool.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
});

test('a statement that takes long is left alone', async () => {
  const holder = await direct.connect();
  await holder.query('begin; lock table rate_gates');
  const long = pool.query('select count(*)::int as n from rate_gates');
  // It was asked about three times, over connections of their own.
  await eventually(() => proxy.opened >= 4);
  await holder.query('commit');
  holder.release();
  expect((await long).rows).toEqual([{ n: 0 }]);
});

test('a transaction in which nothing happens any more is ended by the server: its locks are for others', async () => {
  const { rows } = await pool.query<{ ms: string }>(
    `select setting as ms from pg_settings where name = 'idle_in_transaction_session_timeout'`,
  );
  expect(rows).toEqual([{ ms: '10000' }]);
});

test('a connection that breaks in a transaction ends no process', async () => {
  const ended = inTransaction(db, async (trx) => {
    await sql`select 1`.execute(trx);
    await direct.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chat-recall test'
          and datname = current_database()`,
    );
    await eventually(() => proxy.open === 0);
    await sql`select 1`.execute(trx);
  });
  await expect(ended).rejects.toThrow();
  expect((await pool.query('select 2 as n')).rows).toEqual([{ n: 2 }]);
});
