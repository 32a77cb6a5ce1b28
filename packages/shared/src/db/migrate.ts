import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { RecallError } from '../errors/index.ts';
import type { Pool } from './pool.ts';

/** `migrations/` at the top of the repository; the same way from `src` and from `dist`. */
export const migrationsFolder = fileURLToPath(new URL('../../../../migrations/', import.meta.url));

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

type Queryable = Pick<pg.ClientBase, 'query'> | Pool;

/** The migration files in order. */
export async function readMigrations(folder = migrationsFolder): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_.+\.sql$/u.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, `file://${folder}`), 'utf8');
      const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
      return { version: Number(name.slice(0, 4)), name, sql, checksum };
    }),
  );
}

/**
 * Applies what is missing, each file in a transaction of its own, under an advisory lock: several at
 * once are safe, the later ones find nothing to do.
 *
 * @throws RecallError `migrations_missing` when an applied file was changed since
 */
export async function migrate(options: {
  databaseUrl: string;
  folder?: string;
  log?: (line: string) => void;
}): Promise<{ applied: string[] }> {
  const client = new pg.Client({ connectionString: options.databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('chat-recall migrations'))`);
    await client.query(`create table if not exists schema_migrations (
      version integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`);
    const applied: string[] = [];
    for (const migration of await missing(client, options.folder)) {
      await client.query('begin');
      try {
        await client.query(migration.sql);
        await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
          migration.version,
          migration.name,
          migration.checksum,
        ]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
      applied.push(migration.name);
      options.log?.(`applied ${migration.name}`);
    }
    return { applied };
  } finally {
    await client.end();
  }
}

/**
 * Refuses when the database is not at this version's schema; changes nothing.
 *
 * @throws RecallError `migrations_missing` with the command to run
 */
export async function checkMigrations(pool: Queryable, folder?: string): Promise<void> {
  const { rows } = await pool.query<{ there: boolean }>(`select to_regclass('schema_migrations') is not null as there`);
  const open = rows[0]?.there === true ? await missing(pool, folder) : await readMigrations(folder);
  if (open.length === 0) return;
  const names = open.map(({ name }) => name).join(', ');
  throw new RecallError('migrations_missing', `the database lacks ${names}. Run: npm run migrate`);
}

async function missing(queryable: Queryable, folder?: string): Promise<Migration[]> {
  const migrations = await readMigrations(folder);
  const { rows } = await queryable.query<{ version: number; checksum: string }>(
    'select version, checksum from schema_migrations order by version',
  );
  const checksums = new Map(rows.map((row) => [row.version, row.checksum]));
  const last = migrations.at(-1)?.version ?? 0;
  for (const { version } of rows) {
    if (version > last) {
      throw new RecallError(
        'migrations_missing',
        `the database is newer (${version}) than this program (${last}). Update the program.`,
      );
    }
  }
  for (const { version, name, checksum } of migrations) {
    const there = checksums.get(version);
    if (there !== undefined && there !== checksum) {
      throw new RecallError('migrations_missing', `${name} was changed after it was applied. Restore the file.`);
    }
  }
  return migrations.filter(({ version }) => !checksums.has(version));
}
