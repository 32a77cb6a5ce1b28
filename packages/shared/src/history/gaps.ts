import type { Pool } from '../db/index.ts';
import { messagesPerCall } from '../tencent/index.ts';
import type { Place } from './pull-page.ts';
import { parseMultirange, toMultirange, type Range } from './ranges.ts';

/** A conversation whose gaps are to be asked for, taken by this worker for a minute. */
export interface DueConversation extends Place {
  readonly appId: number;
  readonly conversationId: number;
  readonly groupType: string;
  readonly gone: boolean;
  readonly failures: number;
  /** Missing sequences below the mark that was set 30 s ago or earlier; ascending. */
  readonly gaps: readonly Range[];
}

/** How long a worker may be silent before another takes the conversation over, s. */
const leaseSeconds = 60;

interface ClaimedRow {
  conversation_id: number;
  group_id: string;
  topic_id: string;
  group_type: string;
  gone: boolean;
  failures: number;
  gaps: string;
}

/** Takes conversations whose gaps have waited long enough for stragglers. */
export async function claimGaps(pool: Pool, appId: number, limit: number): Promise<DueConversation[]> {
  const { rows } = await pool.query<ClaimedRow>({
    name: 'claim_gaps',
    text: `with due as (
             select c.conversation_id from coverage c join conversations v using (conversation_id)
              where c.due_at <= now() and v.app_id = $1
              order by c.due_at limit $2 for update of c skip locked
           )
           update coverage c set due_at = now() + make_interval(secs => $3)
             from due join conversations v using (conversation_id)
            where c.conversation_id = due.conversation_id
           returning c.conversation_id, v.group_id, v.topic_id, v.group_type, v.gone_at is not null as gone, c.failures,
                     (int8multirange(int8range(coverage_first(c.known), greatest(c.due_below, coverage_first(c.known))))
                       - c.known)::text as gaps`,
    values: [appId, limit, leaseSeconds],
  });
  return rows.map((row) => ({
    appId,
    conversationId: row.conversation_id,
    groupId: row.group_id,
    topicId: row.topic_id,
    groupType: row.group_type,
    gone: row.gone,
    failures: row.failures,
    gaps: parseMultirange(row.gaps),
  }));
}

/**
 * Coverage may lag behind the index: what the index holds of the gaps is noted, and no question any more.
 *
 * @returns the gaps that are left
 */
export async function closeIndexed(
  pool: Pool,
  conversationId: number,
  gaps: readonly Range[],
): Promise<readonly Range[]> {
  if (gaps.length === 0) return gaps;
  const { rows } = await pool.query<{ gaps: string }>({
    name: 'close_indexed',
    text: `with held as (
             select coalesce(range_agg(int8range(m.msg_seq, m.msg_seq + 1)), '{}') as seqs
               from unnest($2::int8multirange) g
              cross join lateral (select msg_seq from messages
                                   where conversation_id = $1 and msg_seq >= lower(g) and msg_seq < upper(g)) m
           ), noted as (
             update coverage c set known = c.known + held.seqs from held
              where c.conversation_id = $1 and held.seqs <> '{}'
           )
           select ($2::int8multirange - seqs)::text as gaps from held`,
    values: [conversationId, toMultirange(gaps)],
  });
  return parseMultirange(rows[0]?.gaps ?? '{}');
}

/**
 * The calls that gaps need: gaps that lie within twenty sequences are asked for together, so that there are
 * never more calls than gaps and twenties. Newest first.
 */
export function windowsOf(gaps: readonly Range[]): Range[] {
  const windows: Range[] = [];
  for (const gap of gaps.toReversed()) {
    let to = gap.to;
    const open = windows.at(-1);
    if (open !== undefined && open.to - gap.to < messagesPerCall) {
      const lowest = Math.max(gap.from, open.to - messagesPerCall + 1);
      windows[windows.length - 1] = { from: lowest, to: open.to };
      to = lowest - 1;
    }
    for (; to >= gap.from; to -= messagesPerCall)
      windows.push({ from: Math.max(gap.from, to - messagesPerCall + 1), to });
  }
  return windows;
}

/** How a look at a conversation's gaps ended. */
export type GapsEnd =
  | { readonly kind: 'asked' }
  /** There are more pages than one turn may take. */
  | { readonly kind: 'more' }
  | { readonly kind: 'failed' }
  /** Nobody can tell any more: the gaps are closed as unreachable. */
  | { readonly kind: 'gone' | 'none' }
  | { readonly kind: 'refused' };

/** Gives a conversation back, and says when its gaps are looked at next. */
export async function releaseGaps(pool: Pool, conversationId: number, end: GapsEnd): Promise<void> {
  const unreachable = end.kind === 'gone' || end.kind === 'none';
  await pool.query({
    name: 'release_gaps',
    text: `update coverage
              set known = known + lost, unreachable = unreachable + lost,
                  history = case when $2 in ('gone', 'none', 'refused') then $2
                                 when $2 = 'asked' and history = 'refused' then 'open' else history end,
                  failures = case when $2 in ('failed', 'refused') then failures + 1 else 0 end,
                  due_below = case when $2 = 'more' then due_below else greatest(upper(known), told_until + 1) end,
                  due_at = case when $2 = 'more' then now()
                                when missing = 0 or $3 then null
                                when $2 in ('failed', 'refused')
                                  then now() + least(600, 5 * 2 ^ least(failures, 10)) * interval '1 second'
                                else now() + interval '30 seconds' end
             from (select case when $3 then int8multirange(int8range(coverage_first(known), greatest(upper(known), told_until + 1))) - known
                               else '{}' end as lost
                     from coverage where conversation_id = $1) l
            where conversation_id = $1`,
    values: [conversationId, end.kind, unreachable],
  });
}
