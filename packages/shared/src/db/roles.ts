import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { migrationsFolder } from './migrate.ts';

/** The processes that have a role of their own in the database. */
export const processRoles = {
  receiver: 'chat_recall_receiver',
  worker: 'chat_recall_worker',
  console: 'chat_recall_console',
} as const;
export type ProcessRole = keyof typeof processRoles;

/** SCRAM's rounds, as many as Postgres itself uses. */
const rounds = 4_096;

/**
 * Grants each process what it uses (migrations/roles/tables.sql), and nothing else. Missing roles are made, without
 * log-in unless a password is given. As the owner of the tables; may be repeated.
 *
 * @param options.passwords with which the roles themselves may log in
 * @throws the database's error 42501 when roles are missing and cannot be made
 */
export async function grantRoles(options: {
  databaseUrl: string;
  passwords?: Partial<Record<ProcessRole, string | undefined>>;
}): Promise<void> {
  const { databaseUrl, passwords = {} } = options;
  await inOneGo(databaseUrl, async (client) => {
    await client.query(await readFile(`${migrationsFolder}roles/tables.sql`, 'utf8'));
    for (const [role, password] of Object.entries(passwords)) {
      if (password === undefined) continue;
      // As a verifier: statements may be logged.
      const verifier = client.escapeLiteral(verifierOf(password));
      await client.query(`alter role ${processRoles[role as ProcessRole]} login password ${verifier}`);
    }
  });
}

/** Grants worker and console BullMQ's tables in a schema, which must be there. After `grantRoles`. */
export async function grantQueues(databaseUrl: string, schema: string): Promise<void> {
  await inOneGo(databaseUrl, async (client) => {
    await client.query(`select set_config('chat_recall.queue_schema', $1, true)`, [schema]);
    await client.query(await readFile(`${migrationsFolder}roles/queues.sql`, 'utf8'));
  });
}

/** Whether roles were granted here before, so that what a migration added must be granted, too. */
export async function hasRoles(databaseUrl: string): Promise<boolean> {
  return inOneGo(databaseUrl, async (client) => {
    const { rows } = await client.query<{ granted: boolean }>(
      `select coalesce(bool_or(has_table_privilege(oid, 'schema_migrations', 'select')), false) as granted
         from pg_roles where rolname = $1`,
      [processRoles.worker],
    );
    return rows[0]?.granted === true;
  });
}

async function inOneGo<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    await client.end();
  }
}

/** What Postgres stores of a password of printable ASCII (RFC 5803). */
function verifierOf(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256');
  const keyed = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
