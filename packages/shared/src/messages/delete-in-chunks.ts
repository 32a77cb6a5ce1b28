import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';

/** Rows of one statement: a few ms of locks. */
const chunkRows = 5_000;
/** Rows of one run at most; the next one goes on. */
const mostRows = 500_000;

/** Deletes rows in statements that each commit by themselves. @returns how many went, 500,000 at most */
export async function deleteInChunks(db: Db, table: string, where: RawBuilder<unknown>): Promise<number> {
  let deleted = 0;
  while (deleted < mostRows) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)}
       where ctid = any(array(select ctid from ${sql.table(table)} where ${where} limit ${chunkRows}))`.execute(db);
    const rows = Number(numAffectedRows ?? 0);
    deleted += rows;
    if (rows < chunkRows) break;
  }
  return deleted;
}
