import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { summarizeCoverage, type CoverageSummary } from '../history/index.ts';
import { readMessages, type FoundMessage, type HashPieces } from '../messages/index.ts';
import { warningsOf, type Warning } from './warnings.ts';

/** What a frozen plan holds, for the person who decides on it. */
export interface PlanPreview {
  readonly messages: number;
  /** Sequences that will be called; the others are recalled already or settled. */
  readonly toCall: number;
  readonly alreadyRecalled: number;
  readonly matched: number;
  readonly protectedLeftOut: number;
  readonly conversations: number;
  readonly calls: number;
  /** At the configured rate, s. */
  readonly etaSeconds: number;
  readonly byGroup: readonly { groupId: string; topicId: string | null; groupType: string; messages: number }[];
  readonly bySender: readonly { sender: string | null; messages: number }[];
  readonly overTime: readonly { from: string; to: string; messages: number }[];
  /** How much of the conversations that the selector looks at the index has seen. */
  readonly coverage: CoverageSummary;
  readonly sample: readonly FoundMessage[];
  readonly warnings: readonly Warning[];
}

/** Rows of the lists by group and sender. */
const topRows = 20;
const sampleRows = 20;
const mostBuckets = 48;

/**
 * Reads a frozen plan from its own rows: what is shown is what will be called.
 *
 * @param callsPerSecond for the ETA
 * @param roamingDays older messages cannot be recalled (intl 34381)
 * @param hash finds messages that are kept as pieces
 * @param withText false leaves the sample out, for who may not read messages
 */
export async function previewPlan(
  db: Db,
  recall: { id: string; appId: number },
  options: { callsPerSecond: number; roamingDays: number; hash: HashPieces | null; withText: boolean },
): Promise<PlanPreview> {
  const { id, appId } = recall;
  const { rows: sums } = await sql<{
    messages: number;
    already: number;
    matched: number;
    left_out: number;
    conversations: number;
    called: number;
    calls: number;
  }>`
    select (select count(*) from outcomes where recall_id = ${id}) as messages,
           (select count(*) from outcomes where recall_id = ${id} and state = 'recalled' and attempts = 0) as already,
           r.matched, r.protected_left_out as left_out, p.conversations, p.called, p.calls
      from recalls r,
           (select count(*) filter (where called > 0) as conversations, coalesce(sum(called), 0)::bigint as called,
                   coalesce(sum((called + 9) / 10), 0)::bigint as calls
              from plan_conversations where recall_id = ${id}) p
     where r.id = ${id}`.execute(db);
  const sum = sums[0] ?? { messages: 0, already: 0, matched: 0, left_out: 0, conversations: 0, called: 0, calls: 0 };
  const coverage = await coverageOf(db, id, appId);
  return {
    messages: sum.messages,
    toCall: sum.called,
    alreadyRecalled: sum.already,
    matched: sum.matched,
    protectedLeftOut: sum.left_out,
    conversations: sum.conversations,
    calls: sum.calls,
    etaSeconds: Math.ceil(sum.calls / options.callsPerSecond),
    byGroup: await byGroup(db, id),
    bySender: await bySender(db, id),
    overTime: await overTime(db, id),
    coverage,
    sample: options.withText ? await sample(db, id) : [],
    warnings: await warningsOf(db, { id, appId }, { ...options, coverage }),
  };
}

async function coverageOf(db: Db, id: string, appId: number): Promise<CoverageSummary> {
  const { rows } = await sql<{ groups: string[] | null; topics: string[] | null }>`
    select case when jsonb_array_length(selector->'groupIds') > 0 then selector->'groupIds' end as groups,
           case when jsonb_array_length(selector->'topicIds') > 0 then selector->'topicIds' end as topics
      from recalls where id = ${id}`.execute(db);
  const { groups = null, topics = null } = rows[0] ?? {};
  return summarizeCoverage(
    db,
    appId,
    sql`(${groups}::text[] is null or v.group_id = any(${groups}::text[]))
        and (${topics}::text[] is null or v.topic_id = any(${topics}::text[]))`,
  );
}

async function byGroup(db: Db, id: string): Promise<PlanPreview['byGroup']> {
  const { rows } = await sql<PlanPreview['byGroup'][number]>`
    select c.group_id as "groupId", nullif(c.topic_id, '') as "topicId", c.group_type as "groupType", o.messages
      from (select conversation_id, count(*) as messages from outcomes where recall_id = ${id}
             group by 1 order by 2 desc, 1 limit ${topRows}) o
      join conversations c using (conversation_id)
     order by o.messages desc, 1, 2`.execute(db);
  return rows;
}

async function bySender(db: Db, id: string): Promise<PlanPreview['bySender']> {
  const { rows } = await sql<PlanPreview['bySender'][number]>`
    select sender, count(*) as messages from outcomes where recall_id = ${id}
     group by 1 order by 2 desc, 1 limit ${topRows}`.execute(db);
  return rows;
}

/** Even steps from the oldest to the newest message of the plan; steps without a message are there, too. */
async function overTime(db: Db, id: string): Promise<PlanPreview['overTime']> {
  const { rows } = await sql<{ from: Date; to: Date; messages: number }>`
    with ends as (
      select min(sent_at) as first, max(sent_at) as last from outcomes where recall_id = ${id}
    ), steps as (
      select first, greatest(60, ceil(extract(epoch from last - first + interval '1 second') / ${mostBuckets})) as seconds,
             extract(epoch from last - first) as span
        from ends where first is not null
    ), counted as (
      select floor(extract(epoch from o.sent_at - s.first) / s.seconds)::int as step, count(*) as messages
        from outcomes o, steps s where o.recall_id = ${id} and o.sent_at is not null group by 1
    )
    select s.first + make_interval(secs => s.seconds * g) as "from",
           -- Years of five digits are no ISO 8601 as other times are.
           least(s.first + make_interval(secs => s.seconds * (g + 1)), '9999-12-31 23:59:59.999Z') as "to",
           coalesce(c.messages, 0) as messages
      from steps s, generate_series(0, floor(s.span / s.seconds)::int) g left join counted c on c.step = g
     order by g`.execute(db);
  return rows.map(({ from, to, messages }) => ({ from: from.toISOString(), to: to.toISOString(), messages }));
}

async function sample(db: Db, id: string): Promise<FoundMessage[]> {
  return readMessages(
    db,
    sql`select m.* from (
          select conversation_id, msg_seq, sent_at from outcomes
           where recall_id = ${id} and sent_at is not null order by sent_at desc, conversation_id desc, msg_seq desc
           limit ${sampleRows}) o
        join messages m on m.conversation_id = o.conversation_id and m.msg_seq = o.msg_seq and m.msg_time = o.sent_at`,
  );
}
