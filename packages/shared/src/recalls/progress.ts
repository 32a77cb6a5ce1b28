import { sql } from 'kysely';
import type { Db, OutcomeState } from '../db/index.ts';
import { meaningOf } from '../tencent/index.ts';
import { adviceFor } from './advice.ts';

/** How fast a recall goes, and how long its messages were to be seen. */
export interface Pace {
  /** Calls of this recall a second, over the last 10 s. */
  readonly ratePerSecond: number;
  /** null: it does not move. */
  readonly etaSeconds: number | null;
  /** From sent to recalled, s; null: nothing was recalled yet. */
  readonly exposureSeconds: { readonly p50: number; readonly max: number } | null;
}

/** @param openBatches calls that are still to be made */
export async function paceOf(db: Db, recallId: string, openBatches: number): Promise<Pace> {
  const { rows } = await sql<{ calls: number; p50: number | null; max: number | null }>`
    select (select count(*)::int from attempts
             where recall_id = ${recallId} and started_at > now() - interval '10 seconds') as calls,
           percentile_cont(0.5) within group (order by exposure) as p50, max(exposure) as max
      from (select extract(epoch from last_attempt_at - sent_at)::float8 as exposure from outcomes
             where recall_id = ${recallId} and state = 'recalled' and attempts > 0 and sent_at is not null
             limit 20000) e`.execute(db);
  const { calls = 0, p50 = null, max = null } = rows[0] ?? {};
  const ratePerSecond = calls / 10;
  return {
    ratePerSecond,
    etaSeconds: openBatches === 0 ? 0 : ratePerSecond === 0 ? null : Math.ceil(openBatches / ratePerSecond),
    exposureSeconds: p50 === null || max === null ? null : { p50: Math.round(p50), max: Math.round(max) },
  };
}

/** What went wrong in a recall, by code, with what to do about it. */
export interface RecallErrors {
  readonly retCode: number | null;
  readonly state: OutcomeState;
  readonly meaning: string;
  readonly advice: string;
  readonly count: number;
}

/** Outcomes that are not `recalled`, by code, the most frequent first. */
export async function errorsOf(db: Db, recallId: string, language: 'en' | 'zh'): Promise<RecallErrors[]> {
  const { rows } = await sql<{ ret_code: number | null; state: OutcomeState; count: number }>`
    select ret_code, state, count(*) as count from outcomes
     where recall_id = ${recallId} and (state not in ('recalled', 'pending') or (state = 'pending' and ret_code is not null))
     group by 1, 2 order by 3 desc, 1`.execute(db);
  return rows.map(({ ret_code: retCode, state, count }) => ({
    retCode,
    state,
    meaning: retCode === null ? '' : meaningOf(retCode)[language],
    advice: adviceFor(state, retCode)[language],
    count,
  }));
}
