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
  count(appId: number, command: string, details?: object): void;
  readonly loop: Loop;
}

interface Counted {
  readonly appId: number;
  readonly command: string;
  readonly count: number;
  readonly details: object | null;
}

/** @param onError told when counts could not be written; they are added to the next ones */
export function createCommandCounts(pool: Pool, onError: (error: unknown) => void): CommandCounts {
  let counts = new Map<string, Counted>();

  function add({ appId, command, count, details }: Counted): void {
    const name = cleanText(command).slice(0, longestName);
    const told = counts.has(`${appId} ${name}`) || counts.size < mostNames ? name : 'other';
    const known = counts.get(`${appId} ${told}`);
    counts.set(`${appId} ${told}`, {
      appId,
      command: told,
      count: (known?.count ?? 0) + count,
      details: details ?? known?.details ?? null,
    });
  }

  async function write(): Promise<void> {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    const rows = [...taken.values()].sort((a, b) => a.appId - b.appId || (a.command < b.command ? -1 : 1));
    try {
      await pool.query(
        `insert into callback_counts as c (day, app_id, command, count, details)
         select (now() at time zone 'UTC')::date, * from unnest($1::bigint[], $2::text[], $3::bigint[], $4::jsonb[])
         on conflict (day, app_id, command) do update
            set count = c.count + excluded.count, last_at = now(), details = coalesce(excluded.details, c.details)`,
        [
          rows.map(({ appId }) => appId),
          rows.map(({ command }) => command),
          rows.map(({ count }) => count),
          rows.map(({ details }) => (details === null ? null : JSON.stringify(details))),
        ],
      );
    } catch (error) {
      for (const row of rows) add(row);
      throw error;
    }
  }

  return {
    count: (appId, command, details) => add({ appId, command, count: 1, details: details ?? null }),
    loop: startLoop(everyMs, write, onError),
  };
}
