import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Tables } from './tables.ts';
import { watchSilence } from './watch-silence.ts';

export type Db = Kysely<Tables>;
export type Pool = pg.Pool;
/** A pool, or a connection of it within a transaction. */
export type Queries = Pick<pg.ClientBase, 'query'>;

/** int8 (oid 20) and numeric counts as numbers: sequences, ids and counts here all stay below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(20, Number);
types.setTypeParser(1016, (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number)));

export interface PoolOptions {
  readonly databaseUrl: string;
  /** Shown in pg_stat_activity. */
  readonly name: string;
  /** Connections at most; default 10. */
  readonly size?: number;
  /** Ends statements that take longer, ms; default none. */
  readonly statementTimeoutMs?: number;
  /**
   * Gives up queries without an answer, ms; default never. Of use where all go through `pool.query`,
   * which then drops the connection: a server that is gone in silence is noticed at once.
   */
  readonly queryTimeoutMs?: number;
  /** Settings of the server for these connections, as `enable_seqscan: 'off'`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told of errors on idle connections; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * How long a transaction may do nothing before the server ends it, ms: a process that is stopped, or whose host is
 * gone, must not keep the locks of feeders, of cancelling and of the audit.
 */
const idleInTransactionMs = 10_000;

/**
 * A pool of connections. Connecting gives up after 5 s; a connection on which the server has gone silent ends
 * with an error within 5 s, however long statements may take (see watchSilence).
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new pg.Pool({
    connectionString: options.databaseUrl,
    application_name: `chat-recall ${options.name}`,
    max: options.size ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    idle_in_transaction_session_timeout: idleInTransactionMs,
    types,
    ...(options.settings === undefined ? {} : { options: settingsOf(options.settings) }),
    ...(options.statementTimeoutMs === undefined ? {} : { statement_timeout: options.statementTimeoutMs }),
    ...(options.queryTimeoutMs === undefined ? {} : { query_timeout: options.queryTimeoutMs }),
  });
  pool.on('error', options.onError ?? (() => {}));
  watchSilence(pool);
  return pool;
}

/**
 * For statements that look up few rows by their keys: no scan of a whole table is planned, since a plan that is
 * kept from when a table was small would go on scanning it.
 */
export const byKeys = { enable_seqscan: 'off' } as const;

function settingsOf(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Kysely on a pool; destroying it ends the pool. */
export function createDb(pool: Pool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** Runs `work` on one connection of a pool, in a transaction. */
export async function onConnection<T>(pool: Pool, work: (queries: Queries) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Runs `work` in a transaction: the caller's, if `db` is one already. */
export async function inTransaction<T>(db: Db, work: (trx: Db) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}
