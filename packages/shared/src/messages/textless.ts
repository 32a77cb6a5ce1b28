import { sql } from 'kysely';
import type { Db, Queries } from '../db/index.ts';
import { int8Array, timestampArray } from './array-parameters.ts';
import { textFlags } from './message-types.ts';
import { matches, type Selection } from './selection.ts';

/** Counting ends here: more is said to be more. */
export const mostCounted = 10_000;
const dayMs = 86_400_000;

/**
 * Remembers on which days, and how, messages without their text were indexed: whoever looks for words asks
 * about those days alone. Before the messages themselves, so that none is there without it.
 */
export async function noteTextlessDays(
  pool: Queries,
  messages: readonly { readonly appId: number; readonly msgTime: number; readonly messageTypes: number }[],
): Promise<void> {
  const days = new Map(
    messages.map((message) => {
      const { appId, msgTime } = message;
      return [`${appId} ${Math.floor(msgTime / dayMs)} ${isAsPieces(message)}`, message];
    }),
  );
  const rows = [...days.values()];
  await pool.query({
    name: 'note_textless_days',
    text: `insert into textless_days (app_id, day, as_pieces)
           select d.app_id, (d.at at time zone 'UTC')::date, d.as_pieces
             from unnest($1::bigint[], $2::timestamptz[], $3::boolean[]) as d (app_id, at, as_pieces) order by 1, 2, 3
           on conflict do nothing`,
    values: [
      int8Array(rows, ({ appId }) => appId),
      timestampArray(rows, ({ msgTime }) => msgTime),
      rows.map(isAsPieces),
    ],
  });
}

function isAsPieces({ messageTypes }: { readonly messageTypes: number }): boolean {
  return (messageTypes & textFlags.asPieces) !== 0;
}

/** Forgets days of which nothing is in the index any more. @param retentionDays of the messages, the longest */
export async function dropTextlessDays(db: Db, retentionDays: number): Promise<void> {
  await sql`delete from textless_days where day < now() - make_interval(days => ${retentionDays})
             and day not in (select day from message_partitions)
             and not exists (select from messages_default)`.execute(db);
}

/** From when to when there are messages that are kept as pieces; null: none. */
export async function daysAsPieces(db: Db, appId: number): Promise<{ from: Date; to: Date } | null> {
  return daysOf(db, appId, true);
}

async function daysOf(db: Db, appId: number, asPieces: boolean): Promise<{ from: Date; to: Date } | null> {
  const { rows } = await sql<{ from: Date | null; to: Date | null }>`
    select min(day)::timestamp at time zone 'UTC' as "from", (max(day) + 1)::timestamp at time zone 'UTC' as "to"
      from textless_days where app_id = ${appId} and as_pieces = ${asPieces}`.execute(db);
  const { from = null, to = null } = rows[0] ?? {};
  return from === null || to === null ? null : { from, to };
}

/**
 * Messages that a selection's words cannot be looked for in, since their text is not kept: of those that fit
 * all its other parts. At most 10,001; 0 when it has no words.
 */
export async function countTextless(
  db: Db,
  selection: Selection,
  sentFrom: Date | null,
  sentTo: Date | null,
): Promise<number> {
  const { appId, keywords, sameText, hash } = selection;
  if (keywords.length === 0 && sameText === null) return 0;
  const wordless = { ...selection, keywords: [], sameText: null };
  const blind =
    hash === null || keywords.some((keyword) => keyword.length < 2) || (sameText !== null && sameText.hashed === null);
  let count = 0;
  for (const asPieces of blind ? [false, true] : [false]) {
    const days = await daysOf(db, appId, asPieces);
    if (days === null || count > mostCounted) continue;
    const from = sentFrom === null || sentFrom < days.from ? days.from : sentFrom;
    const to = sentTo === null || sentTo > days.to ? days.to : sentTo;
    const flag = sql.lit(asPieces ? textFlags.asPieces : textFlags.notKept);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from (
        select from messages m where ${matches(wordless)} and m.msg_time >= ${from} and m.msg_time < ${to}
                and m.message_types & ${flag} <> 0 limit ${mostCounted + 1 - count}) found`.execute(db);
    count += rows[0]?.n ?? 0;
  }
  return count;
}
