import { assertSchemaCompatibility, LATEST_SCHEMA_VERSION, PostgresConnection, runMigrations } from 'bullmq';
import { codeOf } from '../errors/index.ts';

/** Of BullMQ's tables, unless `QUEUE_PREFIX` names another: so that any producer finds them. */
export const defaultQueueSchema = 'bullmq';

/**
 * Makes BullMQ's tables, or brings them up to its version. Where they are so already nothing is written, and
 * whoever asks needs no right to make tables.
 *
 * @throws the database's error 42501 when they must be made and may not be
 */
export async function ensureQueueSchema(databaseUrl: string, schema = defaultQueueSchema): Promise<void> {
  const connection = new PostgresConnection({ connectionString: databaseUrl, max: 1 });
  try {
    const client = await connection.pool.connect();
    try {
      if ((await versionIn(client, schema)) < LATEST_SCHEMA_VERSION) await runMigrations(client, schema);
    } finally {
      client.release();
    }
  } finally {
    await connection.close();
  }
}

type Client = Parameters<typeof assertSchemaCompatibility>[0];

/** 0: they are not there. */
async function versionIn(client: Client, schema: string): Promise<number> {
  try {
    return await assertSchemaCompatibility(client, schema);
  } catch (error) {
    if (error instanceof Error && error.name === 'SchemaMigrationRequiredError') return 0;
    if (codeOf(error) === '3F000') return 0;
    throw error;
  }
}
