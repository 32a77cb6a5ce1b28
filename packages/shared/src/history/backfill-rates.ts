import type { Pool } from '../db/index.ts';
import { startLoop, type Loop } from '../lifecycle/index.ts';

const everyMs = 2_000;

/** Counts calls, and writes them down every two seconds: a row each time would be one that all wait for. */
export function createBackfillRates(
  pool: Pool,
  onError: (error: unknown) => void,
): { note(backfillId: string): void; readonly loop: Loop } {
  let counted = new Map<string, number>();
  async function flush(): Promise<void> {
    if (counted.size === 0) return;
    const taken = counted;
    counted = new Map();
    await pool.query({
      name: 'note_backfill_calls',
      text: `with old as (delete from backfill_rates where slot < now() - interval '5 minutes')
             insert into backfill_rates as r (backfill_id, slot, calls)
             select id, date_bin('10 seconds', now(), 'epoch'), calls from unnest($1::uuid[], $2::bigint[]) as n (id, calls)
             on conflict (backfill_id, slot) do update set calls = r.calls + excluded.calls`,
      values: [[...taken.keys()], [...taken.values()]],
    });
  }
  return {
    note: (backfillId) => void counted.set(backfillId, (counted.get(backfillId) ?? 0) + 1),
    loop: startLoop(everyMs, flush, onError),
  };
}
