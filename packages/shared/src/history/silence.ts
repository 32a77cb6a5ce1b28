import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** No callback for so long, while groups speak, is an alarm, minutes. */
export const silentAfterMinutes = 5;

/** That the platform speaks of new messages and no callback comes. */
export interface Silence {
  /** null: none has ever come. */
  readonly lastCallbackAt: string | null;
  /** When the platform last told of a sequence that the index had not seen. */
  readonly activeAt: string;
}

/**
 * Whether the webhook has gone silent: a wrong URL, a switched-off callback or a broken receiver looks like
 * a quiet night, unless the groups are asked. null: it has not, as far as can be told.
 */
export async function readSilence(db: Db, appId: number): Promise<Silence | null> {
  const { rows } = await sql<{ last: Date | null; told: Date }>`
    select s.last, c.told
      from (select max(last_at) as last from callback_counts
             where app_id = ${appId} and command = 'Group.CallbackAfterSendMsg') s,
           (select max(told_at) as told from coverage join conversations using (conversation_id)
             where app_id = ${appId} and told_at > now() - interval '1 hour') c
     where c.told is not null and coalesce(s.last, '-infinity') < now() - make_interval(mins => ${silentAfterMinutes})
       and c.told > coalesce(s.last, '-infinity') + interval '30 seconds'`.execute(db);
  const row = rows[0];
  return row === undefined
    ? null
    : { lastCallbackAt: row.last?.toISOString() ?? null, activeAt: row.told.toISOString() };
}
