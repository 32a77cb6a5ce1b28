import { checkMigrations, type Pool } from '@chat-recall/shared/db';
import { codeOf, isRecallError } from '@chat-recall/shared/errors';
import type { Check } from '@chat-recall/shared/metrics';
import type { Spool } from './spool.ts';

/**
 * What the receiver needs to be ready. The reasons go out on the public port: they hold no address. While
 * there is room in the spool the database may be away: callbacks are taken all the same.
 */
export function createChecks(
  pool: Pool,
  spool: Pick<Spool<unknown>, 'refusal' | 'bytes'> | undefined,
): Readonly<Record<string, Check>> {
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
  if (spool === undefined) return { database, migrations };
  return {
    async database() {
      try {
        return await migrations();
      } catch (error) {
        if (spool.refusal !== undefined || isRecallError(error)) throw error;
        return 'away: callbacks are kept on the local disk';
      }
    },
    async spool() {
      if (spool.refusal !== undefined) throw new Error(`${spool.refusal}: ${spool.bytes} bytes wait`);
      return spool.bytes === 0 ? undefined : `${spool.bytes} bytes wait`;
    },
  };
}
