import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';

/** How much of some conversations' sequences the index accounts for, from the first that it has seen on. */
export interface CoverageSummary {
  readonly conversations: number;
  /** Sequences between the first and the newest one known of. */
  readonly sequences: number;
  /** Not accounted for yet. */
  readonly missing: number;
  /** Missed for good: live groups and groups that are gone have no history. */
  readonly unreachable: number;
  /** Conversations with sequences that are not accounted for. */
  readonly incomplete: number;
  /** Conversations that the app may not read the history of. */
  readonly refused: number;
  /** Live groups: what they miss cannot be asked for. */
  readonly live: number;
  /** Of the sequences, those that are accounted for and not missed, 0 to 1; 1 when there are none. */
  readonly share: number;
}

/** One conversation's. */
export interface ConversationCoverage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly groupType: string;
  readonly firstSeq: number | null;
  readonly newestSeq: number | null;
  readonly missing: number;
  readonly unreachable: number;
  /** Of what is accounted for and not in the index as a message: group tips, recalled before it was seen, deleted. */
  readonly system: number;
  readonly recalled: number;
  readonly placeholders: number;
  readonly share: number;
  /** Whether what is missing can be asked for. */
  readonly history: 'open' | 'none' | 'gone' | 'refused';
  readonly gone: boolean;
  /** Askings in a row that failed. */
  readonly failures: number;
  readonly activeAt: string;
}

export interface CoveragePosition {
  readonly missing: number;
  readonly conversationId: number;
}

/** @param which condition on `coverage c join conversations v`; default: the whole app */
export async function summarizeCoverage(
  db: Db,
  appId: number,
  which: RawBuilder<unknown> = sql`true`,
): Promise<CoverageSummary> {
  const { rows } = await sql<Omit<CoverageSummary, 'share'>>`
    select count(*) as conversations, least(coalesce(sum(last - first + 1), 0), 9007199254740991)::bigint as sequences,
           least(coalesce(sum(missing), 0), 9007199254740991)::bigint as missing, least(coalesce(sum(unreachable), 0), 9007199254740991)::bigint as unreachable,
           count(*) filter (where missing > 0) as incomplete, count(*) filter (where history = 'refused') as refused,
           count(*) filter (where live) as live
      from (select c.missing, c.history, coverage_first(c.known) as first,
                   greatest(upper(c.known) - 1, c.told_until) as last,
                   case when c.unreachable = '{}' then 0 else sequences_in(c.unreachable) end as unreachable,
                   v.group_type in ('AVChatRoom', 'Live') as live
              from coverage c join conversations v using (conversation_id)
             where v.app_id = ${appId} and ${which}) x`.execute(db);
  const sum = rows[0] ?? {
    conversations: 0,
    sequences: 0,
    missing: 0,
    unreachable: 0,
    incomplete: 0,
    refused: 0,
    live: 0,
  };
  return { ...sum, share: shareOf(sum.sequences, sum.missing + sum.unreachable) };
}

/** The same of one group with its topics. */
export function summarizeGroup(db: Db, appId: number, groupId: string): Promise<CoverageSummary> {
  return summarizeCoverage(db, appId, sql`v.group_id = ${groupId}`);
}

/** A page of conversations, those that miss most first. */
export async function listCoverage(
  db: Db,
  query: { appId: number; groupId: string | null; after: CoveragePosition | null; limit: number },
): Promise<{ items: ConversationCoverage[]; next: CoveragePosition | null }> {
  const { appId, groupId, after, limit } = query;
  const { rows } = await sql<CoverageRow>`
    select c.conversation_id, v.group_id, v.topic_id, v.group_type, v.gone_at is not null as gone, c.missing, c.history,
           c.failures, c.active_at, coverage_first(c.known) as first,
           greatest(upper(c.known) - 1, c.told_until) as newest,
           sequences_in(c.unreachable) as unreachable, sequences_in(c.system) as system,
           sequences_in(c.recalled) as recalled, sequences_in(c.placeholders) as placeholders
      from coverage c join conversations v using (conversation_id)
     where v.app_id = ${appId} ${groupId === null ? sql`` : sql`and v.group_id = ${groupId}`}
       ${after === null ? sql`` : sql`and (c.missing, -c.conversation_id) < (${after.missing}::bigint, ${-after.conversationId}::bigint)`}
     order by c.missing desc, c.conversation_id limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map(toCoverage),
    next:
      rows.length > limit && last !== undefined
        ? { missing: last.missing, conversationId: last.conversation_id }
        : null,
  };
}

interface CoverageRow {
  conversation_id: number;
  group_id: string;
  topic_id: string;
  group_type: string;
  gone: boolean;
  missing: number;
  history: ConversationCoverage['history'];
  failures: number;
  active_at: Date;
  first: number | null;
  newest: number | null;
  unreachable: number;
  system: number;
  recalled: number;
  placeholders: number;
}

function toCoverage(row: CoverageRow): ConversationCoverage {
  const sequences = row.first === null || row.newest === null ? row.missing : row.newest - row.first + 1;
  return {
    groupId: row.group_id,
    topicId: row.topic_id === '' ? null : row.topic_id,
    groupType: row.group_type,
    firstSeq: row.first,
    newestSeq: row.newest,
    missing: row.missing,
    unreachable: row.unreachable,
    system: row.system,
    recalled: row.recalled,
    placeholders: row.placeholders,
    share: shareOf(sequences, row.missing + row.unreachable),
    history: row.history,
    gone: row.gone,
    failures: row.failures,
    activeAt: row.active_at.toISOString(),
  };
}

/** Rounded down: 1 is said only when nothing is missing. */
function shareOf(sequences: number, lacking: number): number {
  return sequences === 0 ? 1 : Math.floor((1 - lacking / sequences) * 1_000_000) / 1_000_000;
}
