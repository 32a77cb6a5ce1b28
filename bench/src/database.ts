import { startEmbeddedPostgres } from '@chat-recall/local';
import { createDb, createPool, migrate, type Db, type Pool } from '@chat-recall/shared/db';

export interface BenchDatabase {
  readonly url: string;
  readonly pool: Pool;
  readonly db: Db;
  /** Of the server, as `18.4`. */
  readonly version: string;
  /** Of the postmaster. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** The embedded Postgres with the settings of `npm start` (what is committed survives a crash of the machine), migrated and empty. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const server = await startEmbeddedPostgres({ persistent: false, durable: true });
  try {
    await migrate({ databaseUrl: server.url });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const pool = createPool({ databaseUrl: server.url, name: 'bench' });
  const db = createDb(pool);
  const { rows } = await pool.query<{ server_version: string }>('show server_version');
  return {
    url: server.url,
    pool,
    db,
    version: rows[0]?.server_version ?? '',
    pid: server.pid,
    async stop() {
      await db.destroy();
      await server.stop();
    },
  };
}
