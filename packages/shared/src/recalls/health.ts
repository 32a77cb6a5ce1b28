import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { readSilence, type Silence } from '../history/index.ts';
import { meaningOf } from '../tencent/index.ts';

/** How the whole system does, from the tables alone: of all processes. */
export interface Health {
  readonly at: string;
  readonly ingest: {
    readonly perSecond: number;
    readonly delaySeconds: { readonly p50: number; readonly p95: number } | null;
    readonly lastCallbackAt: string | null;
  };
  readonly batches: {
    readonly waiting: number;
    readonly queued: number;
    readonly running: number;
    readonly oldestQueuedSeconds: number;
  };
  readonly calls: { readonly perSecond: number; readonly limit: number; readonly factor: number };
  readonly coverage: {
    /** Conversations with sequences that are not accounted for. */
    readonly incomplete: number;
    readonly missing: number;
    /** Conversations whose history the app may not read. */
    readonly refused: number;
  };
  /** The webhook has gone silent while groups speak; null: it has not. */
  readonly silence: Silence | null;
  /** Callbacks of the last two days, by command, whether or not they are acted on. */
  readonly commands: readonly { command: string; count: number; lastAt: string; details: unknown }[];
  readonly errors: readonly { retCode: number; meaning: string; count: number }[];
  /** By the minute, oldest first. */
  readonly history: readonly { at: string; callbacksPerSecond: number; callsPerSecond: number; failed: number }[];
}

const historyHours = 3;

/** @param callsPerSecond the configured limit, told beside what is used of it */
export async function readHealth(
  db: Db,
  app: { appId: number; callsPerSecond: number; language: 'en' | 'zh' },
): Promise<Health> {
  const { rows } = await sql<{
    callbacks: number;
    p50: number | null;
    p95: number | null;
    last: Date | null;
    waiting: number;
    queued: number;
    running: number;
    oldest: number | null;
    calls: number;
    factor: number | null;
  }>`
    with recent as (select * from ingest_samples where at >= now() - interval '1 minute')
    select (select coalesce(sum(callbacks), 0)::int from recent) as callbacks,
           (select max(delay_p50)::float8 from recent) as p50, (select max(delay_p95)::float8 from recent) as p95,
           (select max(at) from ingest_samples) as last,
           (select count(*)::int from batches where state = 'waiting') as waiting,
           (select count(*)::int from batches where state = 'queued') as queued,
           (select count(*)::int from batches where state = 'running') as running,
           (select extract(epoch from now() - min(queued_at))::float8 from batches where state = 'queued') as oldest,
           (select count(*)::int from attempts where started_at > now() - interval '10 seconds') as calls,
           (select rate_gate_factor(${`${app.appId}_group_msg_recall`})) as factor`.execute(db);
  const now = rows[0];
  return {
    at: new Date().toISOString(),
    ingest: {
      perSecond: round((now?.callbacks ?? 0) / 60),
      delaySeconds: now?.p50 == null || now.p95 === null ? null : { p50: round(now.p50), p95: round(now.p95) },
      lastCallbackAt: now?.last?.toISOString() ?? null,
    },
    batches: {
      waiting: now?.waiting ?? 0,
      queued: now?.queued ?? 0,
      running: now?.running ?? 0,
      oldestQueuedSeconds: round(Math.max(0, now?.oldest ?? 0)),
    },
    calls: { perSecond: (now?.calls ?? 0) / 10, limit: app.callsPerSecond, factor: round(now?.factor ?? 1) },
    coverage: await coverageOf(db, app.appId),
    silence: await readSilence(db, app.appId),
    commands: await commandsOf(db, app.appId),
    errors: await recentErrors(db, app.language),
    history: await history(db),
  };
}

async function coverageOf(db: Db, appId: number): Promise<Health['coverage']> {
  const { rows } = await sql<Health['coverage']>`
    select count(*) filter (where missing > 0)::int as incomplete, least(coalesce(sum(missing), 0), 9007199254740991)::bigint as missing,
           count(*) filter (where history = 'refused')::int as refused
      from coverage join conversations using (conversation_id)
     where app_id = ${appId} and (missing > 0 or history = 'refused')`.execute(db);
  return rows[0] ?? { incomplete: 0, missing: 0, refused: 0 };
}

async function commandsOf(db: Db, appId: number): Promise<Health['commands']> {
  const { rows } = await sql<{ command: string; count: number; last: Date; details: unknown }>`
    select command, sum(count)::bigint as count, max(last_at) as last,
           (array_agg(details order by last_at desc) filter (where details is not null))[1] as details
      from callback_counts where app_id = ${appId} and day >= (now() at time zone 'UTC')::date - 1
     group by 1 order by 2 desc, 1 limit 50`.execute(db);
  return rows.map(({ last, ...row }) => ({ ...row, lastAt: last.toISOString() }));
}

async function recentErrors(db: Db, language: 'en' | 'zh'): Promise<Health['errors']> {
  const { rows } = await sql<{ code: number; count: number }>`
    select code, count(*) as count from (
      select error_code as code from attempts where started_at > now() - interval '1 hour' and error_code <> 0
      union all
      select unnest(ret_codes) from attempts where started_at > now() - interval '1 hour' and error_code = 0
    ) c where code <> 0 group by 1 order by 2 desc, 1 limit 20`.execute(db);
  return rows.map(({ code, count }) => ({ retCode: code, meaning: meaningOf(code)[language], count }));
}

async function history(db: Db): Promise<Health['history']> {
  const { rows } = await sql<{ at: Date; callbacks: number; calls: number; failed: number }>`
    with minutes as (
      select generate_series(date_trunc('minute', now()) - make_interval(hours => ${historyHours}),
                             date_trunc('minute', now()), interval '1 minute') as at
    ), taken as (
      select date_trunc('minute', at) as at, sum(callbacks) as n from ingest_samples
       where at >= now() - make_interval(hours => ${historyHours}) - interval '1 minute' group by 1
    ), called as (
      select date_trunc('minute', started_at) as at, count(*) as n,
             count(*) filter (where result is distinct from 'answered' or error_code <> 0) as failed
        from attempts where started_at >= now() - make_interval(hours => ${historyHours}) - interval '1 minute' group by 1
    )
    select m.at, coalesce(t.n, 0)::int as callbacks, coalesce(c.n, 0)::int as calls, coalesce(c.failed, 0)::int as failed
      from minutes m left join taken t using (at) left join called c using (at) order by m.at`.execute(db);
  return rows.map(({ at, callbacks, calls, failed }) => ({
    at: at.toISOString(),
    callbacksPerSecond: round(callbacks / 60),
    callsPerSecond: round(calls / 60),
    failed,
  }));
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Samples are for the last hours; a week of them is kept. */
export async function dropSamples(db: Db): Promise<void> {
  await sql`delete from ingest_samples where at < now() - interval '7 days'`.execute(db);
}
