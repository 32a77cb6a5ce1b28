import { sql } from 'kysely';
import { inTransaction, type Db } from '../db/index.ts';
import type { FinalState } from '../tencent/index.ts';

/**
 * Ends the sequences of a conversation in a recall that are still to be called, for a code that holds
 * for the whole group. Batches in the hands of a worker get their answer themselves, and so do those with a
 * sequence of which an attempt was lost: it may be recalled, which a mark or history tells.
 */
export async function finishGroup(
  db: Db,
  recallId: string,
  conversationId: number,
  group: { state: FinalState; code: number },
): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows: ended } = await sql<{ part: number }>`
      update batches b set state = 'done', lease_until = null
       where recall_id = ${recallId} and conversation_id = ${conversationId} and state in ('waiting', 'queued')
         and not exists (select from outcomes o
                          where o.recall_id = ${recallId} and o.conversation_id = ${conversationId}
                            and o.msg_seq = any(b.msg_seqs) and o.state = 'unknown')
      returning part`.execute(trx);
    if (ended.length === 0) return;
    // A statement of its own: a planner may just have filled one of them up, with outcomes that the first does not see.
    await sql`
      with before as (
        select o.msg_seq
          from batches b
         cross join lateral unnest(b.msg_seqs) s (msg_seq)
          join outcomes o on o.recall_id = b.recall_id and o.conversation_id = b.conversation_id and o.msg_seq = s.msg_seq
         where b.recall_id = ${recallId} and b.conversation_id = ${conversationId}
           and b.part = any(${ended.map(({ part }) => part)}::int[]) and o.state = 'pending'
      ), written as (
        update outcomes o set state = ${group.state}::outcome_state, ret_code = ${group.code}
          from before b
         where o.recall_id = ${recallId} and o.conversation_id = ${conversationId} and o.msg_seq = b.msg_seq
      )
      update recall_counters
         set pending = pending - (select count(*) from before),
             ${sql.ref(group.state)} = ${sql.ref(group.state)} + (select count(*) from before),
             batches_done = batches_done + ${ended.length}
       where recall_id = ${recallId} and shard = 0`.execute(trx);
  });
}

/**
 * Notes that a conversation said "no permission" (10007).
 *
 * @returns how many different ones said so in a row
 */
export async function noteRefusal(db: Db, recallId: string, conversationId: number): Promise<number> {
  const { rows } = await sql<{ refused: number }>`
    update recalls
       set refused_conversations = case when ${conversationId}::bigint = any(refused_conversations)
             then refused_conversations else refused_conversations || ${conversationId}::bigint end
     where id = ${recallId}
    returning cardinality(refused_conversations) as refused`.execute(db);
  return rows[0]?.refused ?? 0;
}

/** Notes that another group did answer: refusals are not in a row any more. */
export async function forgetRefusals(db: Db, recallId: string): Promise<void> {
  await sql`update recalls set refused_conversations = '{}'
             where id = ${recallId} and refused_conversations <> '{}'`.execute(db);
}
