import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** No callback for so long, while groups speak, is an alarm, minutes. */
export const silentAfterMinutes = 5;

/** That the platform speaks of new messages and no callback comes. */
export interface Silence {
  /** null: none has ever come. */
  readonly lastCallbackAt: string | null;
  /** Since when the platform tells of messages that no callback brought. */
  readonly activeAt: string;
}

/**
 * Whether the webhook has gone silent: a wrong URL, a switched-off callback or a broken receiver looks like
 * a quiet night, unless the groups are asked. null: it has not, as far as can be told.
 */
export async function readSilence(db: Db, appId: number): Promise<Silence | null> {
  const { rows } = await sql<{ last: Date | null; told: Date }>`
    select s.last, min(c.told_at) as told
      from coverage c
      join conversations v using (conversation_id),
           (select max(last_at) as last from callback_counts
             where app_id = ${appId} and command = 'Group.CallbackAfterSendMsg') s
     where v.app_id = ${appId} and c.told_at > coalesce(s.last, '-infinity')
       and c.told_at < now() - make_interval(mins => ${silentAfterMinutes})
     group by 1`.execute(db);
  const row = rows[0];
  return row === undefined
    ? null
    : { lastCallbackAt: row.last?.toISOString() ?? null, activeAt: row.told.toISOString() };
}
