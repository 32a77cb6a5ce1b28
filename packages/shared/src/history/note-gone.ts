import type { Pool } from '../db/index.ts';

/** A group, or topics of it, that a callback says is gone. */
export interface GoneGroup {
  readonly appId: number;
  readonly groupId: string;
  /** null: the group with all its topics. */
  readonly topicIds: readonly string[] | null;
}

/**
 * Has the platform asked whether conversations are gone. A callback's word is not enough: its body is not
 * signed (cn 32431), and what is gone is not called any more.
 */
export async function noteGone(pool: Pool, groups: readonly GoneGroup[]): Promise<void> {
  for (const { appId, groupId, topicIds } of groups) {
    await pool.query({
      name: 'note_gone',
      text: `insert into coverage (conversation_id, active_at, tail_due_at)
             select conversation_id, 'epoch', now() from conversations
              where app_id = $1 and group_id = $2 and ($3::text[] is null or topic_id = any($3::text[]))
              order by 1
             on conflict (conversation_id) do update set tail_due_at = now()`,
      values: [appId, groupId, topicIds],
    });
  }
}
