import { onConnection, type Queries } from '../db/index.ts';
import { messagesPerCall, type HistoryItem } from '../tencent/index.ts';
import { endOf, type BackfillPart, type PartEnd } from './backfill-parts.ts';
import { note, type BackfillNoteCode } from './backfill-notes.ts';
import { counted, type BackfillWork, type CountedGate, type PacedGate } from './backfill-work.ts';
import { pullPage } from './pull-page.ts';
import type { Range } from './ranges.ts';
import { coverageTold, storeItems, toldValues } from './store-told.ts';

/**
 * Pages in a row without anything left after which what is below counts as expired: one alone may be twenty
 * messages that somebody deleted.
 */
const blankPagesAtEnd = 3;

/**
 * Reads a conversation's history from where it stands downwards, leaving out what the coverage knows, until
 * the first sequence, until all is expired or older than asked for, or until the backfill no longer runs.
 * Each page is stored together with where the conversation then stands, so that of what a killed worker
 * asked for at most one page is asked for again.
 *
 * @returns the end, and the calls that are not booked with a page
 */
export async function walkConversation(
  work: BackfillWork,
  part: BackfillPart,
  gate: PacedGate,
): Promise<{ end: PartEnd; calls: number }> {
  const calls = counted(work, part.backfillId, gate);
  const booked = { calls: 0 };
  const end = await walk(work, part, calls, booked);
  return { end, calls: calls.calls() - booked.calls };
}

async function walk(
  work: BackfillWork,
  part: BackfillPart,
  gate: CountedGate,
  booked: { calls: number },
): Promise<PartEnd> {
  const { pool, client, appId, read, now } = work;
  const { groupId, topicId, conversationId, newest } = part;
  if (conversationId === null || newest === null) return { kind: 'failed', note: note('newest_untold') };
  let { blankPages } = part;
  let top = await topMissing(work, conversationId, part.below ?? newest + 1);
  while (top !== null) {
    const asked: Range = { from: Math.max(1, top - messagesPerCall + 1), to: top };
    const told = await pullPage(client, gate.enter, { groupId, topicId }, { from: 1, to: top });
    switch (told.kind) {
      case 'none':
        return { kind: 'excluded', note: note('live') };
      case 'gone':
        await noteGone(work, conversationId);
        return { kind: 'done', note: note('gone') };
      case 'refused':
      case 'failed': {
        const end = endOf(told.code);
        if (end.kind === 'stop' || told.kind === 'failed') return end;
        return { kind: 'failed', note: note('refused', told.code) };
      }
      case 'told':
    }
    blankPages = told.items.every(({ kind }) => kind === 'placeholder') ? blankPages + 1 : 0;
    // All below it has expired, and is not made out to be in the index.
    const expired = told.range.from < asked.from || blankPages >= blankPagesAtEnd;
    const range = { from: Math.max(told.range.from, asked.from), to: top };
    const end: BackfillNoteCode | null = expired
      ? 'reached_expired'
      : isOlder(told.items, part.since)
        ? 'reached_since'
        : null;
    const stands = await onConnection(pool, async (queries) => {
      const added = await storeItems(queries, { appId, conversationId }, told.items, 'history', read, now());
      const page = { calls: gate.calls() - booked.calls, added, blankPages, end: end === null ? null : note(end) };
      return writePage(queries, part, { range, items: told.items }, page);
    });
    booked.calls = gate.calls();
    if (!stands.held || end !== null) return { kind: 'settled' };
    if (!stands.running) return { kind: 'waiting', seconds: 0, note: null };
    top = stands.top;
  }
  return { kind: 'done', note: part.below === null && gate.calls() === 0 ? note('nothing_missing') : null };
}

/** Whether all of a page was sent before a moment, as far as times are told. */
function isOlder(items: readonly HistoryItem[], since: number): boolean {
  const times = items.map(({ msgTime }) => msgTime).filter((time) => time > 0);
  return times.length > 0 && Math.max(...times) < since;
}

/** The newest sequence below a mark that is not accounted for; null: there is none. */
async function topMissing({ pool }: BackfillWork, conversationId: number, below: number): Promise<number | null> {
  if (below <= 1) return null;
  const { rows } = await pool.query<{ top: number | null }>({
    name: 'backfill_top',
    text: `select upper(int8multirange(int8range(1, $2)) - coalesce((select known from coverage where conversation_id = $1), '{}'))
                  - 1 as top`,
    values: [conversationId, below],
  });
  return rows[0]?.top ?? null;
}

interface Stands {
  /** Nobody else has taken the conversation over. */
  readonly held: boolean;
  /** The backfill is not paused, or ended. */
  readonly running: boolean;
  readonly top: number | null;
}

/** Writes the coverage of a page, and where the conversation then stands. */
async function writePage(
  queries: Queries,
  part: BackfillPart,
  told: { readonly range: Range; readonly items: readonly HistoryItem[] },
  page: { calls: number; added: number; blankPages: number; end: string | null },
): Promise<Stands> {
  const { rows } = await queries.query<Stands>({
    name: 'write_backfill_page',
    text: `with told as (
             ${coverageTold}
             returning c.known
           ), stands as (
             update backfill_parts
                set below = $9, blank_pages = $10, calls = calls + $11, messages = messages + $12, failures = 0,
                    state = case when $13::text is null then state else 'done' end, note = $13
              where backfill_id = $6 and part = $7 and fence = $8 and state = 'running'
             returning 1
           )
           select exists (select from stands) as held,
                  (select state from backfills where id = $6) = 'running' as running,
                  case when $9 > 1
                       then (select upper(int8multirange(int8range(1, $9)) - known) - 1 from told) end as top`,
    values: [
      ...toldValues(part.conversationId ?? 0, told),
      part.backfillId,
      part.part,
      part.fence,
      told.range.from,
      page.blankPages,
      page.calls,
      page.added,
      page.end,
    ],
  });
  return rows[0] ?? { held: false, running: false, top: null };
}

async function noteGone({ pool }: BackfillWork, conversationId: number): Promise<void> {
  await pool.query({
    name: 'backfill_gone',
    text: 'update conversations set gone_at = now() where conversation_id = $1 and gone_at is null',
    values: [conversationId],
  });
}
