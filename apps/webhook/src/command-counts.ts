import type { Pool } from '@chat-recall/shared/db';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import { cleanText } from '@chat-recall/shared/messages';

const everyMs = 10_000;
/** Names that are told apart in one sample: whoever can sign may invent names. */
const mostNames = 200;
const longestName = 100;

/** Callbacks by command, whether or not they are acted on: for the health page. */
export interface CommandCounts {
  /** @param details what the newest one said; kept with the count */
  count(command: string, details?: object): void;
  readonly loop: Loop;
}

/** @param onError told when counts could not be written; they are added to the next ones */
export function createCommandCounts(pool: Pool, onError: (error: unknown) => void): CommandCounts {
  let counts = new Map<string, { count: number; details: object | null }>();

  function add(command: string, by: number, details: object | null): void {
    const name = cleanText(command).slice(0, longestName);
    const key = counts.has(name) || counts.size < mostNames ? name : 'other';
    const known = counts.get(key);
    counts.set(key, { count: (known?.count ?? 0) + by, details: details ?? known?.details ?? null });
  }

  async function write(): Promise<void> {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    const rows = [...taken].sort(([a], [b]) => (a < b ? -1 : 1));
    try {
      await pool.query(
        `insert into callback_counts as c (day, command, count, details)
         select (now() at time zone 'UTC')::date, * from unnest($1::text[], $2::bigint[], $3::jsonb[])
         on conflict (day, command) do update
            set count = c.count + excluded.count, last_at = now(), details = coalesce(excluded.details, c.details)`,
        [
          rows.map(([command]) => command),
          rows.map(([, { count }]) => count),
          rows.map(([, { details }]) => (details === null ? null : JSON.stringify(details))),
        ],
      );
    } catch (error) {
      for (const [command, { count, details }] of rows) add(command, count, details);
      throw error;
    }
  }

  return {
    count: (command, details) => add(command, 1, details ?? null),
    loop: startLoop(everyMs, write, onError),
  };
}
