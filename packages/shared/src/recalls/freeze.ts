import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { sequencesPerCall } from '../tencent/index.ts';

/** What one step of freezing did. */
export interface Frozen {
  readonly matched: number;
  readonly planned: number;
  /** Matched, and left out because the sender or the message is protected. */
  readonly protected: number;
}

/**
 * Writes one slice of a plan in one statement: outcomes for what matched and is not planned yet
 * (settled at once where a recall mark is known), and batches of ten for the rest. Batches are filled
 * up across slices: `plan_conversations` remembers how far each conversation has come, so that the
 * calls stay the sum of ceil(n / 10) over the conversations.
 *
 * @param source rows (conversation_id, msg_seq, msg_time, sender), each sequence once
 * @param remaining how many more the plan may take; null: no limit
 */
export async function freezeSlice(
  db: Db,
  recall: { readonly id: string; readonly app_id: number },
  source: RawBuilder<unknown>,
  remaining: number | null,
): Promise<Frozen> {
  const recallId = recall.id;
  const { rows } = await sql<Frozen>`
    with matched as materialized (
      select s.* from (${source}) s
       where not exists (select from outcomes o
              where o.recall_id = ${recallId} and o.conversation_id = s.conversation_id and o.msg_seq = s.msg_seq)
    ), allowed as (
      select m.* from matched m
       where not exists (select from protected_senders p where p.app_id = ${recall.app_id} and p.sender = m.sender)
         and not exists (select from protected_messages p
              where p.conversation_id = m.conversation_id and p.msg_seq = m.msg_seq)
    ), planned as (
      insert into outcomes (recall_id, conversation_id, msg_seq, sent_at, sender, state)
      select ${recallId}::uuid, m.conversation_id, m.msg_seq, m.msg_time, m.sender,
             (case when k.msg_seq is null then 'pending' else 'recalled' end)::outcome_state
        from (select * from allowed
               order by msg_time desc nulls last, conversation_id desc, msg_seq desc
               limit ${remaining}::bigint) m
        left join recall_marks k using (conversation_id, msg_seq)
      returning conversation_id, msg_seq, sent_at, state
    ), numbered as (
      select p.conversation_id, p.msg_seq, p.sent_at,
             coalesce(c.called, 0) - 1 + row_number() over
               (partition by p.conversation_id order by p.sent_at desc nulls last, p.msg_seq desc) as n
        from planned p
        left join plan_conversations c on c.recall_id = ${recallId} and c.conversation_id = p.conversation_id
       where p.state = 'pending'
    ), filled as (
      insert into batches (recall_id, conversation_id, part, newest, msg_seqs)
      select ${recallId}::uuid, conversation_id, n / ${sequencesPerCall}::integer,
             coalesce(max(sent_at), '-infinity'), array_agg(msg_seq order by n)
        from numbered group by 2, 3
      on conflict (recall_id, conversation_id, part)
        do update set msg_seqs = batches.msg_seqs || excluded.msg_seqs
    ), counted as (
      insert into plan_conversations (recall_id, conversation_id, called)
      select ${recallId}::uuid, conversation_id, count(*) from numbered group by 2
      on conflict (recall_id, conversation_id)
        do update set called = plan_conversations.called + excluded.called
    ), sums as (
      select count(*) as planned, count(*) filter (where state = 'recalled') as settled from planned
    ), told as (
      update recall_counters c
         set pending = c.pending + s.planned - s.settled, recalled = c.recalled + s.settled
        from sums s
       where c.recall_id = ${recallId} and c.shard = 0 and s.planned > 0
    )
    select (select count(*) from matched) as matched, planned,
           (select count(*) from matched) - (select count(*) from allowed) as protected
      from sums`.execute(db);
  return rows[0] ?? { matched: 0, planned: 0, protected: 0 };
}
