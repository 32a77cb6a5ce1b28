import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { matches, type HashPieces } from '../messages/index.ts';
import { freezeSlice } from './freeze.ts';
import { selectionOf } from './selection-of.ts';
import type { Selector } from './request.ts';
import type { NoRoom } from './tail.ts';

/** A follow in force, as a look finds it. */
export interface Follow {
  readonly id: string;
  readonly app_id: number;
  readonly selector: Selector;
  readonly approved: boolean;
  readonly sent_from: Date | null;
  readonly until: Date;
  readonly approve_above: number | null;
  readonly max_messages: number | null;
  readonly late: number;
  readonly left_out: number;
  readonly looked_at: Date;
  /** It has a rule's cap; null: it is no rule. */
  readonly daily_cap: number | null;
  /** Appended this UTC day, and what found no room in it. */
  readonly taken_today: number;
  readonly left_out_today: number;
}

/** A message that matches and is not in the plan. */
export interface LateMessage {
  readonly conversation_id: number;
  readonly msg_seq: number;
  readonly msg_time: Date;
  readonly sender: string;
}

/** What became of messages that came. */
export interface Appended {
  readonly matched: number;
  readonly planned: number;
  readonly protected: number;
  /** What there was no room in; null: there was room for all. */
  readonly lacking: NoRoom | null;
}

/** Messages that one look appends at most; more are found by the next one, at once. */
export const lateAtOnce = 2_000;
/** Messages come in disorder: each look goes back as far before the one before, s. */
const overlapSeconds = 60;

/**
 * What matches, came while the recall was followed, and is neither in the plan nor counted as left out;
 * the newest first.
 *
 * @param everything looks at all that the selector selects, else at what was sent since the last look: what
 * comes into the index with an older MsgTime, filled from history perhaps, is found by the former alone
 */
export async function findLate(
  db: Db,
  follow: Follow,
  everything: boolean,
  hash: HashPieces | null,
): Promise<readonly LateMessage[]> {
  const { id, selector, sent_from: sentFrom, until } = follow;
  const selection = await selectionOf(db, follow, hash);
  const { sentTo } = selector;
  const from = [
    ...(selector.sentFrom === undefined ? [] : [Date.parse(selector.sentFrom)]),
    ...(sentFrom === null ? [] : [sentFrom.getTime()]),
    ...(everything ? [] : [follow.looked_at.getTime() - overlapSeconds * 1_000]),
  ];
  const { rows } = await sql<LateMessage>`
    select conversation_id, msg_seq, msg_time, sender
      from (
        select distinct on (m.conversation_id, m.msg_seq) m.conversation_id, m.msg_seq, m.msg_time, m.sender
          from messages m
         where ${matches(selection)}
           ${from.length === 0 ? sql`` : sql`and m.msg_time >= ${new Date(Math.max(...from))}`}
           ${sentTo === undefined ? sql`` : sql`and m.msg_time < ${new Date(sentTo)}`}
           and m.received_at >= (select since from follows where recall_id = ${id})
           -- By either clock: MsgTime has whole seconds, and what was sent in time may come a little later.
           and least(m.msg_time, m.received_at) < ${until}
           and not exists (select from outcomes o
                where o.recall_id = ${id} and o.conversation_id = m.conversation_id and o.msg_seq = m.msg_seq)
           and not exists (select from left_out l
                where l.recall_id = ${id} and l.conversation_id = m.conversation_id and l.msg_seq = m.msg_seq)
           -- A check of the plan against history has taken it out.
           and not exists (select from plan_findings p
                where p.recall_id = ${id} and p.conversation_id = m.conversation_id and p.msg_seq = m.msg_seq
                  and p.finding <> 'edited')
         order by m.conversation_id, m.msg_seq, m.received_at
      ) found
     order by msg_time desc, conversation_id desc, msg_seq desc limit ${lateAtOnce}`.execute(db);
  return rows;
}

/** How many of those that the day before had no room for there may be room for today. */
export function roomForLeftOut({ daily_cap: cap, taken_today: taken, left_out: leftOut }: Follow): number {
  return cap === null ? 0 : Math.max(0, Math.min(lateAtOnce, leftOut, cap - taken));
}

/**
 * Takes the newest of those that the day before had no room for out of what is left out.
 *
 * @returns how many, and those of them that the index still holds
 */
export async function takeLeftOut(
  db: Db,
  follow: Follow,
): Promise<{ messages: readonly LateMessage[]; taken: number }> {
  const { id } = follow;
  const room = roomForLeftOut(follow);
  if (room === 0) return { messages: [], taken: 0 };
  const { rows } = await sql<{ late: LateMessage | null }>`
    with taken as (
      delete from left_out where (recall_id, conversation_id, msg_seq) in (
        select recall_id, conversation_id, msg_seq from left_out
         where recall_id = ${id} and why = 'cap' order by msg_time desc limit ${room})
      returning conversation_id, msg_seq, msg_time
    )
    select to_json(m) as late
      from taken t
      left join lateral (
        select conversation_id, msg_seq, msg_time, sender from messages m
         where m.conversation_id = t.conversation_id and m.msg_seq = t.msg_seq and m.msg_time = t.msg_time) m on true`.execute(
    db,
  );
  const messages = rows.flatMap(({ late }) => (late === null ? [] : [{ ...late, msg_time: new Date(late.msg_time) }]));
  return { messages, taken: rows.length };
}

/** Appends to the plan what there is room for, and remembers the rest. The recall's row must be held. */
export async function appendLate(db: Db, follow: Follow, messages: readonly LateMessage[]): Promise<Appended> {
  const room = await roomOf(db, follow);
  const frozen = await freezeSlice(db, follow, sourceOf(messages), {
    remaining: room.messages,
    late: true,
    leaving: { since: '-infinity', why: room.why },
  });
  const lacking = frozen.matched - frozen.protected - frozen.planned > 0;
  return { ...frozen, lacking: lacking ? room.why : null };
}

function sourceOf(messages: readonly LateMessage[]): RawBuilder<unknown> {
  return sql`
    select *, 'infinity'::timestamptz as received_at
      from unnest(${messages.map((m) => m.conversation_id)}::bigint[], ${messages.map((m) => m.msg_seq)}::bigint[],
                  ${messages.map((m) => m.msg_time.toISOString())}::timestamptz[], ${messages.map((m) => m.sender)}::text[])
        as n (conversation_id, msg_seq, msg_time, sender)`;
}

interface Room {
  /** null: any number. */
  readonly messages: number | null;
  readonly why: NoRoom;
}

/** What the plan may still take: by the selector, by whoever asked, by the day. */
async function roomOf(db: Db, follow: Follow): Promise<Room> {
  const { id, selector, approved, approve_above: above, max_messages: max, daily_cap: cap } = follow;
  const { rows } = await sql<{ planned: number; called: number }>`
    select (select sum(pending + recalled + not_found + expired + not_recallable + failed + unknown + cancelled)
              from recall_counters where recall_id = ${id})::bigint as planned,
           (select coalesce(sum(called), 0) from plan_conversations where recall_id = ${id})::bigint as called`.execute(
    db,
  );
  const { planned = 0, called = 0 } = rows[0] ?? {};
  const rooms: readonly { readonly messages: number; readonly why: NoRoom }[] = [
    ...(selector.limit === undefined ? [] : [{ messages: selector.limit - planned, why: 'limit' as const }]),
    ...(max === null ? [] : [{ messages: max - called, why: 'size' as const }]),
    ...(above === null || approved ? [] : [{ messages: above - called, why: 'approval' as const }]),
    ...(cap === null ? [] : [{ messages: cap - follow.taken_today, why: 'cap' as const }]),
  ];
  const [least] = rooms.toSorted((a, b) => a.messages - b.messages);
  return least === undefined ? { messages: null, why: 'limit' } : { ...least, messages: Math.max(0, least.messages) };
}
