import { sql } from 'kysely';
import type { Db, Pool } from '../db/index.ts';
import { lookUp } from '../history/index.ts';
import { insertVerified } from '../messages/index.ts';
import type { Gate, TencentClient } from '../tencent/index.ts';
import { isCalling } from './callable.ts';

/** What asking history about a recall's sequences takes. */
export interface LookUpParts {
  readonly db: Db;
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  /** Of `group_msg_get_simple`. */
  readonly gate: Gate;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Sequences asked about in one turn. */
const perTurn = 500;

interface OpenRow {
  readonly conversation_id: number;
  readonly group_id: string;
  readonly topic_id: string;
  readonly group_type: string;
  readonly msg_seqs: number[];
  /** The database's time of the question, as text: a Date would lose its microseconds. */
  readonly asked_at: string;
}

/**
 * Asks history what became of attempts whose answer never came, once after each of them. What is recalled
 * gets its mark, and its batch settles it without another call; what is not loses its doubt, so that the
 * next answer is taken at its word.
 *
 * @returns how many sequences were asked about
 */
export async function resolveUnknown(parts: LookUpParts): Promise<number> {
  const { db, pool, client, gate, now } = parts;
  const { rows } = await sql<OpenRow>`
    with open as (
      select o.recall_id, o.conversation_id, o.msg_seq
        from outcomes o join recalls r on r.id = o.recall_id
       where ${isCalling('r')} and r.app_id = ${parts.appId} and o.state = 'unknown' and o.lost_since is not null
         and (o.asked_at is null or o.asked_at < o.last_attempt_at)
       order by o.last_attempt_at limit ${perTurn} for update of o skip locked
    ), asked as (
      update outcomes o set asked_at = now() from open
       where o.recall_id = open.recall_id and o.conversation_id = open.conversation_id and o.msg_seq = open.msg_seq
      returning o.conversation_id, o.msg_seq
    )
    select a.conversation_id, c.group_id, c.topic_id, c.group_type, array_agg(distinct a.msg_seq) as msg_seqs,
           now()::text as asked_at
      from asked a join conversations c using (conversation_id) group by 1, 2, 3, 4`.execute(db);
  await Promise.all(
    rows.map(async ({ conversation_id: conversationId, msg_seqs: msgSeqs, ...row }) => {
      const place = { groupId: row.group_id, topicId: row.topic_id, groupType: row.group_type };
      const { items } = await lookUp(client, gate, place, msgSeqs);
      const told = [...items].map(([msgSeq, item]) => ({
        conversationId,
        msgSeq,
        recalled: item?.kind === 'recalled',
      }));
      await insertVerified(
        pool,
        told.filter(({ recalled }) => recalled),
        now(),
      );
      await settleDoubt(db, conversationId, told, row.asked_at);
    }),
  );
  return rows.reduce((sum, row) => sum + row.msg_seqs.length, 0);
}

/**
 * An answer speaks of the attempts that had ended when history was asked. It may come late: an attempt that ended
 * since is as doubtful as before.
 */
async function settleDoubt(
  db: Db,
  conversationId: number,
  told: readonly { readonly msgSeq: number; readonly recalled: boolean }[],
  askedAt: string,
): Promise<void> {
  if (told.length === 0) return;
  await sql`
    with told as (
      select * from unnest(${told.map(({ msgSeq }) => msgSeq)}::bigint[], ${told.map(({ recalled }) => recalled)}::boolean[])
           as t (msg_seq, recalled)
    ), certain as (
      update outcomes o set lost_since = null from told t
       where o.conversation_id = ${conversationId} and o.msg_seq = t.msg_seq and o.state = 'unknown' and not t.recalled
         and o.last_attempt_at < ${askedAt}::timestamptz
    )
    update batches b set not_before = now()
      from outcomes o join told t using (msg_seq)
     where o.conversation_id = ${conversationId} and o.state = 'unknown' and t.recalled
       and b.recall_id = o.recall_id and b.conversation_id = o.conversation_id and o.msg_seq = any(b.msg_seqs)
       and b.state = 'waiting' and b.not_before > now()`.execute(db);
}
