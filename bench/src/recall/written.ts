import type { Pool } from '@chat-recall/shared/db';

/** What a database has written since it was made. */
export interface Written {
  readonly walBytes: number;
  readonly rows: number;
}

/** Rows are told with up to a second's delay. */
export async function writtenSoFar(pool: Pool): Promise<Written> {
  const { rows } = await pool.query<{ wal: number; rows: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal,
            (tup_inserted + tup_updated + tup_deleted)::bigint as rows
       from pg_stat_database where datname = current_database()`,
  );
  return { walBytes: rows[0]?.wal ?? 0, rows: rows[0]?.rows ?? 0 };
}
