import { sql } from 'kysely';
import { RecallError } from '../errors/index.ts';
import { inTransaction, type Db } from '../db/index.ts';
import { lookUp } from '../history/index.ts';
import {
  cleanText,
  contentOf,
  insertVerified,
  isErased,
  isTextKept,
  pieces,
  type Selection,
} from '../messages/index.ts';
import { sequencesPerCall, type HistoryItem } from '../tencent/index.ts';
import { byConversation } from './by-conversation.ts';
import type { LookUpParts } from './resolve-unknown.ts';

/** Sequences of one step: seconds of work, and what is lost with a killed worker. */
const perStep = 200;
/** Conversations asked about at once. */
const atOnce = 8;
/** How often a step is tried when history does not answer, with growing pauses. */
const tries = 6;

/** What of a planned message is compared with history before anything is called. */
export interface Checks {
  /** Leave out what history says somebody else sent: a callback's body is not signed (cn 32431). */
  readonly senders: boolean;
  /** Read the texts again, since no callback tells of an edit, and leave out what matches no more. */
  readonly texts: boolean;
}

interface Planned {
  readonly conversation_id: number;
  readonly msg_seq: number;
  readonly group_id: string;
  readonly topic_id: string;
  readonly group_type: string;
  readonly sender: string | null;
  readonly text: string | null;
  readonly message_types: number | null;
}

interface Finding {
  readonly conversationId: number;
  readonly msgSeq: number;
  readonly finding: 'sender_differs' | 'no_match' | 'edited';
  readonly sender: string | null;
  readonly toldSender: string;
  readonly text: string | null;
}

/** What a planner holds while it checks. */
export interface Checked {
  readonly id: string;
  readonly fence: number;
  readonly selection: Selection;
  readonly leaseSeconds: number;
}

/**
 * Compares a frozen plan with the platform's history, page by page, and takes out of it what does not
 * agree. Goes on where a killed worker stopped. What history cannot speak of (live groups, groups that are
 * gone) stays in the plan and is counted.
 *
 * @returns false when another planner has taken over, or the recall was cancelled
 * @throws when history does not answer
 */
export async function checkPlan(parts: LookUpParts, checks: Checks, plan: Checked): Promise<boolean> {
  for (;;) {
    const { held, rows } = await nextPlanned(parts.db, plan);
    if (!held) return false;
    if (rows.length === 0) return endCheck(parts.db, plan);
    const findings: Finding[] = [];
    let unverifiable = 0;
    const groups = byConversation(rows);
    for (let at = 0; at < groups.length; at += atOnce) {
      const looked = await Promise.all(
        groups.slice(at, at + atOnce).map((group) => checkOne(parts, checks, plan, group)),
      );
      for (const one of looked) {
        findings.push(...one.findings);
        unverifiable += one.unverifiable;
      }
    }
    if (!(await writeStep(parts.db, plan, rows, findings, unverifiable))) return false;
  }
}

/** Also renews the planner's lease. */
async function nextPlanned(db: Db, { id, fence, leaseSeconds }: Checked): Promise<{ held: boolean; rows: Planned[] }> {
  const claimed = await sql<{ walk_after: number[] | null }>`
    update recalls set plan_lease_until = now() + make_interval(secs => ${leaseSeconds})
     where id = ${id} and state = 'planning' and plan_fence = ${fence} returning walk_after`.execute(db);
  const row = claimed.rows[0];
  if (row === undefined) return { held: false, rows: [] };
  const [afterConversation = 0, afterSeq = 0] = row.walk_after ?? [];
  const { rows } = await sql<Planned>`
    select o.conversation_id, o.msg_seq, c.group_id, c.topic_id, c.group_type, o.sender, m.text, m.message_types
      from (select * from outcomes
             where recall_id = ${id} and state = 'pending'
               and (conversation_id, msg_seq) > (${afterConversation}::bigint, ${afterSeq}::bigint)
             order by conversation_id, msg_seq limit ${perStep}) o
      join conversations c using (conversation_id)
      left join lateral (select text, message_types from messages
                          where conversation_id = o.conversation_id and msg_seq = o.msg_seq and msg_time = o.sent_at limit 1) m on true
     order by o.conversation_id, o.msg_seq`.execute(db);
  return { held: true, rows };
}

async function checkOne(
  parts: LookUpParts,
  checks: Checks,
  { selection }: Checked,
  rows: readonly Planned[],
): Promise<{ findings: Finding[]; unverifiable: number }> {
  const [first] = rows;
  if (first === undefined) return { findings: [], unverifiable: 0 };
  const place = { groupId: first.group_id, topicId: first.topic_id, groupType: first.group_type };
  const items = await patiently(async () => {
    const seqs = rows.map((row) => row.msg_seq);
    const { items: found, stopped } = await lookUp(parts.client, parts.gate, place, seqs);
    return stopped === 'failed' ? null : found;
  });
  const recalled = rows.filter((row) => items.get(row.msg_seq)?.kind === 'recalled');
  await insertVerified(
    parts.pool,
    recalled.map((row) => ({ conversationId: row.conversation_id, msgSeq: row.msg_seq })),
    parts.now(),
  );
  const told = rows.flatMap((row) => {
    const item = items.get(row.msg_seq);
    return item?.kind === 'message' ? [{ row, item }] : [];
  });
  return {
    findings: told.flatMap(({ row, item }) => findingOf(checks, selection, row, item) ?? []),
    unverifiable: rows.length - told.length - recalled.length,
  };
}

function findingOf(checks: Checks, selection: Selection, row: Planned, item: HistoryItem): Finding | null {
  const toldSender = cleanText(item.sender);
  const found = { conversationId: row.conversation_id, msgSeq: row.msg_seq, sender: row.sender, toldSender };
  // Of an erased person the index does not know the id any more, and must not learn it again.
  if (row.sender !== null && isErased(row.sender)) return null;
  // A sequence that was named, and that the index has not seen, has no sender to differ from.
  if (checks.senders && row.sender !== null && toldSender !== '' && toldSender !== row.sender) {
    return { ...found, finding: 'sender_differs', text: null };
  }
  if (!checks.texts || row.text === null) return null;
  const kept = isTextKept(row.message_types ?? 0);
  if (kept && row.text === '') return null;
  const { text, folded } = contentOf(Array.isArray(item.body) ? item.body : []);
  if (kept && text === row.text) return null;
  const matched = fits(selection, folded ?? text);
  // Of a text that is not kept nothing is but whether it matches.
  if (!kept) return matched ? null : { ...found, finding: 'no_match', text: null };
  return { ...found, finding: matched ? 'edited' : 'no_match', text };
}

/** @param searched the search form of a text */
function fits({ keywords, sameText, hash }: Selection, searched: string): boolean {
  if (keywords.length > 0 && !keywords.some((word) => searched.includes(word))) return false;
  if (sameText === null) return true;
  if (sameText.folded !== null) return sameText.folded === searched;
  return sameText.hashed === null || String(hash?.(pieces(searched))) === String(sameText.hashed);
}

/** One step in one transaction: what was found, what leaves the plan, how far the check has come. */
async function writeStep(
  db: Db,
  { id, fence }: Checked,
  rows: readonly Planned[],
  findings: readonly Finding[],
  unverifiable: number,
): Promise<boolean> {
  const last = rows.at(-1);
  return inTransaction(db, async (trx) => {
    const held = await sql`
      update recalls set walk_after = ${[last?.conversation_id ?? 0, last?.msg_seq ?? 0]}::bigint[],
                         checked = checked + ${rows.length}, unverifiable = unverifiable + ${unverifiable}
       where id = ${id} and state = 'planning' and plan_fence = ${fence} returning id`.execute(trx);
    if (held.rows.length === 0) return false;
    if (findings.length === 0) return true;
    await sql`
      with found as (
        insert into plan_findings (recall_id, conversation_id, msg_seq, finding, sender, told_sender, text)
        select ${id}::uuid, * from unnest(
          ${findings.map((f) => f.conversationId)}::bigint[], ${findings.map((f) => f.msgSeq)}::bigint[],
          ${findings.map((f) => f.finding)}::text[], ${findings.map((f) => f.sender)}::text[],
          ${findings.map((f) => f.toldSender)}::text[], ${findings.map((f) => f.text)}::text[])
        on conflict do nothing
        returning conversation_id, msg_seq, finding
      ), gone as (
        delete from outcomes o using found f
         where o.recall_id = ${id} and o.conversation_id = f.conversation_id and o.msg_seq = f.msg_seq
           and o.state = 'pending' and f.finding <> 'edited'
        returning 1
      )
      update recall_counters set pending = pending - (select count(*) from gone)
       where recall_id = ${id} and shard = 0`.execute(trx);
    return true;
  });
}

/** Makes the batches anew of conversations that lost sequences, so that they are full again. */
async function endCheck(db: Db, { id, fence }: Checked): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    const held = await sql`
      update recalls set check_state = 'done', walk_after = null
       where id = ${id} and state = 'planning' and plan_fence = ${fence} returning id`.execute(trx);
    if (held.rows.length === 0) return false;
    const { rows } = await sql<{ conversation_id: number }>`
      select distinct conversation_id from plan_findings where recall_id = ${id} and finding <> 'edited'`.execute(trx);
    if (rows.length === 0) return true;
    const affected = rows.map(({ conversation_id: conversation }) => conversation);
    await sql`delete from batches where recall_id = ${id} and conversation_id = any(${affected}::bigint[])`.execute(
      trx,
    );
    await sql`delete from plan_conversations where recall_id = ${id} and conversation_id = any(${affected}::bigint[])`.execute(
      trx,
    );
    await sql`
      with numbered as (
        select conversation_id, msg_seq, sent_at,
               row_number() over (partition by conversation_id order by sent_at desc nulls last, msg_seq desc) - 1 as n
          from outcomes
         where recall_id = ${id} and conversation_id = any(${affected}::bigint[]) and state = 'pending'
      ), filled as (
        insert into batches (recall_id, conversation_id, part, newest, msg_seqs)
        select ${id}::uuid, conversation_id, n / ${sequencesPerCall}::integer, coalesce(max(sent_at), '-infinity'),
               array_agg(msg_seq order by n)
          from numbered group by 2, 3
      )
      insert into plan_conversations (recall_id, conversation_id, called)
      select ${id}::uuid, conversation_id, count(*) from numbered group by 2`.execute(trx);
    return true;
  });
}

/** @throws RecallError `unavailable` after the last try */
async function patiently<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    const result = await attempt();
    if (result !== null) return result;
    if (tried >= tries) break;
    await new Promise((resolve) => {
      setTimeout(resolve, 250 * 2 ** tried);
    });
  }
  throw new RecallError('unavailable', 'history did not answer, so that the plan could not be checked');
}
