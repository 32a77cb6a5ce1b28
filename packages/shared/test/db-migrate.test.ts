import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkMigrations, createPool, migrate, migrationsFolder, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pool: Pool;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test', size: 3 });
  folder = `${await mkdtemp(join(tmpdir(), 'migrations-'))}/`;
  await cp(migrationsFolder, folder, { recursive: true });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

test('a database that has everything is accepted, and migrating it again does nothing', async () => {
  await expect(checkMigrations(pool)).resolves.toBeUndefined();
  expect(await migrate({ databaseUrl: database.url })).toEqual({ applied: [] });
});

test('an empty database is refused with the command to run, and nothing is changed by the check', async () => {
  await pool.query('drop schema public cascade; create schema public');
  await expect(checkMigrations(pool)).rejects.toMatchObject({
    code: 'migrations_missing',
    message: expect.stringContaining('npm run migrate'),
  });
  const { rows } = await pool.query(`select from pg_class where relnamespace = 'public'::regnamespace`);
  expect(rows).toEqual([]);
});

test('several at once: one applies, the others find nothing to do', async () => {
  await pool.query('drop schema public cascade; create schema public');
  const all = await Promise.all([1, 2, 3, 4].map(() => migrate({ databaseUrl: database.url })));
  const applied = all.map((one) => one.applied.length).sort((a, b) => a - b);
  expect(applied.slice(0, 3)).toEqual([0, 0, 0]);
  expect(applied[3]).toBeGreaterThan(0);
  await expect(checkMigrations(pool)).resolves.toBeUndefined();
});

test('a file that fails leaves nothing of itself; the ones before it stay', async () => {
  await writeFile(`${folder}9001_fine.sql`, 'create table fine (id int);');
  await writeFile(`${folder}9002_broken.sql`, 'create table half (id int); select nonsense;');
  await expect(migrate({ databaseUrl: database.url, folder })).rejects.toThrow('nonsense');
  const { rows } = await pool.query(
    `select to_regclass('fine') is not null as fine, to_regclass('half') is not null as half`,
  );
  expect(rows).toEqual([{ fine: true, half: false }]);
  await expect(checkMigrations(pool, folder)).rejects.toThrow('9002_broken.sql');
});

test('an applied file that was changed since, and a database newer than the program, are refused', async () => {
  await writeFile(`${folder}9001_more.sql`, 'select 1;');
  await migrate({ databaseUrl: database.url, folder });
  await expect(checkMigrations(pool)).rejects.toThrow('newer');
  await writeFile(`${folder}9001_more.sql`, 'select 2;');
  await expect(checkMigrations(pool, folder)).rejects.toThrow('changed');
});
