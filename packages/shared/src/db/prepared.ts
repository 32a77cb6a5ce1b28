import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import type { Db, Pool } from './pool.ts';
import type { Tables } from './tables.ts';

/** Names of statements by their text, the same on every connection. */
const names = new Map<string, string>();

/**
 * A Db for statements that are run many times a second: a connection parses each of them once, and plans
 * it once where a plan for all parameters is as good. Only for texts that do not vary, since connections
 * keep what they have prepared; and for a pool with the settings `byKeys`. Destroying it ends the pool.
 */
export function createPreparedDb(pool: Pool): Db {
  return new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        async connect() {
          const client = await pool.connect();
          const prepared = {
            query: (text: string, values: readonly unknown[] = []) =>
              values.length === 0
                ? client.query(text)
                : client.query({ name: nameOf(text), text, values: [...values] }),
            release: () => client.release(),
          };
          // Cursors, the other overload of `query`, are for streams.
          return prepared as unknown as PostgresPoolClient;
        },
        end: () => pool.end(),
      },
    }),
  });
}

function nameOf(text: string): string {
  const name = names.get(text) ?? `prepared ${names.size + 1}`;
  names.set(text, name);
  return name;
}
