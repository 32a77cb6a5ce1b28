import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { migrationsFolder } from '@chat-recall/shared/db';
import pg from 'pg';
import { createTestDatabase, eventually, testServerUrl, type TestDatabase } from '../src/index.ts';
import { templateName } from '../src/template.ts';
import { spawnFixture } from './fixtures/spawn.ts';

const databases: Pick<TestDatabase, 'url' | 'drop'>[] = [];

async function create(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  databases.push(database);
  return database;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that ends while nothing is asked of it is told so, and to nobody else.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

afterEach(async () => {
  for (const { drop } of databases.splice(0)) await drop();
});

describe('createTestDatabase', () => {
  test('gives a migrated database of one’s own', async () => {
    const [one, other] = await Promise.all([create(), create(), create(), create()]);
    const migrations = readdirSync(migrationsFolder)
      .filter((name) => name.endsWith('.sql'))
      .sort();
    expect(await query(one.url, 'select name from schema_migrations order by version')).toEqual(
      migrations.map((name) => ({ name })),
    );
    await query(one.url, 'create table mine ()');
    expect(await query(other.url, `select to_regclass('mine') as there`)).toEqual([{ there: null }]);
  });

  test('takes milliseconds once there is a template', async () => {
    await create();
    const from = performance.now();
    await create();
    // Alone 60 ms; the bound leaves room for a busy machine, and none for initdb or the migrations.
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  test('drops it, whoever is still connected', async () => {
    const { url, drop } = await createTestDatabase();
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    const ended = new Promise((resolve) => client.once('end', resolve));
    await client.connect();
    await drop();
    await ended;
    await drop();
    await expect(query(url, 'select 1')).rejects.toMatchObject({ code: '3D000' });
  });

  test('builds a new template when a migration changes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chat-recall-test-migrations-'));
    writeFileSync(join(folder, '0001_a.sql'), 'select 1');
    const first = await templateName(folder);
    expect(await templateName(folder)).toBe(first);
    writeFileSync(join(folder, '0001_a.sql'), 'select 2');
    expect(await templateName(folder)).not.toBe(first);
    writeFileSync(join(folder, '0001_a.sql'), 'select 1');
    writeFileSync(join(folder, '0002_b.sql'), 'select 1');
    expect(await templateName(folder)).not.toBe(first);
    rmSync(folder, { recursive: true });
  });

  test('puts it on the server of DATABASE_URL when that is set', async () => {
    const serverUrl = await testServerUrl();
    const child = await spawnFixture('create-database.ts', { DATABASE_URL: serverUrl });
    const { url } = (await child.waitForLog((entry) => 'url' in entry)) as { url: string };
    expect(new URL(url).host).toBe(new URL(serverUrl).host);
    expect(await query(url, 'select count(*)::int > 0 as migrated from schema_migrations')).toEqual([
      { migrated: true },
    ]);
    databases.push({
      url,
      drop: async () => void (await query(serverUrl, `drop database ${new URL(url).pathname.slice(1)}`)),
    });
  });
});

describe('the processes of one run', () => {
  test('share one server, which the teardown ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), `chat-recall-test-${process.pid}-`));
    const env = { CHAT_RECALL_TEST_RUN: folder, CHAT_RECALL_TEST_OWNER: String(process.pid) };
    const asking = await Promise.all([1, 2, 3].map(() => spawnFixture('create-database.ts', env)));
    const answers = (await Promise.all(asking.map((each) => each.waitForLog((entry) => 'url' in entry, 40_000)))) as {
      serverUrl: string;
      url: string;
    }[];
    for (const each of asking) expect(await each.exited).toEqual({ code: 0, signal: null });
    expect(new Set(answers.map(({ serverUrl }) => serverUrl)).size).toBe(1);
    expect(new Set(answers.map(({ url }) => url)).size).toBe(3);
    // It outlives the process that happened to start it.
    expect(await query(answers[0]?.url ?? '', 'select 1 as n')).toEqual([{ n: 1 }]);

    const [{ data_directory: data = '' } = {}] = (await query(answers[0]?.serverUrl ?? '', 'show data_directory')) as {
      data_directory?: string;
    }[];
    expect((await (await spawnFixture('tear-down.js', env)).exited).code).toBe(0);
    await expect(query(answers[0]?.url ?? '', 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(existsSync(data)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  test('without a run to belong to, a process has a server of its own, which ends with it', async () => {
    const child = await spawnFixture('create-database.ts');
    const { url } = (await child.waitForLog((entry) => 'url' in entry, 40_000)) as { url: string };
    expect((await child.exited).code).toBe(0);
    await eventually(
      () =>
        query(url, 'select 1').then(
          () => false,
          (error: { code: string }) => error.code === 'ECONNREFUSED',
        ),
      {
        what: 'the end of the server',
      },
    );
  });
});
