import { checkMigrations, type Pool } from '@chat-recall/shared/db';
import { codeOf } from '@chat-recall/shared/errors';
import type { Check } from '@chat-recall/shared/metrics';

/** What the receiver needs to be ready. The reasons go out on the public port: they hold no address. */
export function createChecks(pool: Pool): Readonly<Record<string, Check>> {
  async function database(): Promise<void> {
    try {
      await pool.query('select 1');
    } catch (error) {
      throw new Error(codeOf(error) ?? 'does not answer', { cause: error });
    }
  }
  async function migrations(): Promise<void> {
    await database();
    await checkMigrations(pool);
  }
  return { database, migrations };
}
