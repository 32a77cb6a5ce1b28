import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendAudit, listAudit, pseudonymize, system, verifyAudit, withoutSenders } from '@chat-recall/shared/audit';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const appId = 1_400_000_000;
let database: TestDatabase;
let pool: Pool;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test', size: 20 });
  db = createDb(pool);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const all = async () =>
  (await listAudit(db, { action: null, actor: null, recallId: null, before: null, limit: 1_000 })).items.toReversed();

test('an empty audit is whole', async () => {
  expect(await verifyAudit(db)).toEqual({ rows: 0, firstBroken: null });
});

test('many writers at once, some of which give up, make one chain without a gap', async () => {
  await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      db
        .transaction()
        .execute(async (trx) => {
          await appendAudit(trx, system, {
            action: 'test',
            details: { n, words: 'ä \\ " 加微信 \u{1F600}', share: 0.1 },
          });
          if (n % 3 === 0) throw new Error('undone');
          if (n % 3 === 1) await appendAudit(trx, system, { action: 'test', details: { n, second: true } });
        })
        .catch(() => {}),
    ),
  );
  const rows = await all();
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  expect(rows.some(({ details }) => Number(details['n']) % 3 === 0)).toBe(false);
  expect(new Set(rows.map(({ hash }) => hash)).size).toBe(60);
  expect(await verifyAudit(db)).toEqual({ rows: 60, firstBroken: null });
});

test('several rows of one statement are chained, too, and nobody writes a hash of his own', async () => {
  await pool.query(`insert into audit (audit_id, at, actor, person, role, via, address, action, details, prev_hash, hash)
    select 7, '2000-01-01', 'x', 'x', 'x', 'x', '', 'test', '{}', 'forged', 'forged' from generate_series(1, 3)`);
  const rows = (await all()).slice(-3);
  expect(rows.map(({ id }) => id)).toEqual([61, 62, 63]);
  expect(rows.every(({ at }) => Date.now() - Date.parse(at) < 60_000)).toBe(true);
  expect(await verifyAudit(db)).toEqual({ rows: 63, firstBroken: null });
});

test.each([
  ["update audit set actor = 'somebody' where audit_id = 2"],
  ['update audit set audit_id = 99 where audit_id = 2'],
  ['delete from audit where audit_id = 63'],
  ['delete from audit'],
  ['truncate audit'],
  ['truncate audit cascade'],
])('%s is refused', async (statement) => {
  await expect(pool.query(statement)).rejects.toThrow('append-only');
  expect(await verifyAudit(db)).toEqual({ rows: 63, firstBroken: null });
});

test.each([
  ["update audit set actor = 'somebody' where audit_id = 5", 5],
  ["update audit set details = '{}' where audit_id in (9, 30)", 9],
  ["update audit set at = at + interval '1 millisecond' where audit_id = 12", 12],
  ["update audit set recall_id = '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f' where audit_id = 20", 20],
  ['delete from audit where audit_id = 1', 2],
  ['delete from audit where audit_id = 40', 41],
  // With a hash that fits, the next row does not.
  ["update audit set actor = 'x' where audit_id = 50; update audit a set hash = audit_hash(a) where audit_id = 50", 51],
])('whoever goes around the trigger is found out: %s', async (statement, firstBroken) => {
  const client = await pool.connect();
  try {
    await client.query(`begin; alter table audit disable trigger audit_keep; ${statement}`);
    const { rows } = await client.query<{ at: number | null }>('select audit_first_broken() as at');
    expect(rows[0]?.at).toBe(firstBroken);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('a sender has one pseudonym, whoever asks first', async () => {
  const senders = Array.from({ length: 50 }, (_, n) => `sender ${n}`);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => pseudonymize(db, appId, n % 2 === 0 ? senders : senders.toReversed())),
  );
  const [first] = answers;
  expect(new Set(first).size).toBe(50);
  for (const [n, given] of answers.entries()) expect(n % 2 === 0 ? given : given.toReversed()).toEqual(first);
  expect(await pseudonymize(db, appId + 1, ['sender 0'])).not.toEqual([first?.[0]]);
});

test('of a selector everything stays but the senders', async () => {
  const selector = { senders: ['a', 'b', 'a'], excludeSenders: ['c'], keywords: ['x'], limit: 5 };
  const [a, b, c] = await pseudonymize(db, appId, ['a', 'b', 'c']);
  expect(await withoutSenders(db, appId, selector)).toEqual({ ...selector, senders: [a, b, a], excludeSenders: [c] });
  const plain: { keywords: string[]; senders?: string[] } = { keywords: ['x'] };
  expect(await withoutSenders(db, appId, plain)).toEqual(plain);
});
