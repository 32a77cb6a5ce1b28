import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { note } from './backfill-notes.ts';

export type BackfillState = 'listing' | 'running' | 'paused' | 'completed' | 'cancelled' | 'failed';
export type BackfillKind = 'history' | 'files';

/** Days that the platform keeps hourly files (intl 34885). */
export const fileDays = 7;

export interface NewBackfill {
  readonly appId: number;
  readonly kind: BackfillKind;
  /** How far back; of files, seven days at most. */
  readonly since: Date;
  /** Stop once all is listed, for a person to see what it costs. */
  readonly estimate: boolean;
  readonly requestedBy: string;
}

const states: Readonly<Record<BackfillState, string>> = {
  listing: '列出中',
  running: '进行中',
  paused: '已暂停',
  completed: '已完成',
  cancelled: '已取消',
  failed: '失败',
};
const actions = {
  pause: { from: ['listing', 'running'], zh: '暂停' },
  resume: { from: ['paused', 'failed'], zh: '继续' },
  cancel: { from: ['listing', 'running', 'paused'], zh: '取消' },
} as const satisfies Readonly<Record<string, { from: readonly BackfillState[]; zh: string }>>;

/**
 * Asks for an app's history to be read; workers do it.
 *
 * @returns its id
 * @throws RecallError `conflict` while another one of the app is open
 */
export async function createBackfill(db: Db, wanted: NewBackfill): Promise<string> {
  const id = uuidv7();
  const { appId, kind, estimate, requestedBy } = wanted;
  const oldest = Date.now() - fileDays * 86_400_000;
  const since = new Date(kind === 'files' ? Math.max(wanted.since.getTime(), oldest) : wanted.since.getTime());
  const { rows } = await sql`
    insert into backfills (id, app_id, state, kind, requested_by, since, estimate)
    values (${id}, ${appId}, 'listing', ${kind}, ${requestedBy}, ${since}, ${estimate})
    on conflict (app_id) where state in ('listing', 'running', 'paused') do nothing
    returning id`.execute(db);
  if (rows.length === 0) throw await alreadyOpen(db, appId);
  return id;
}

/** Nothing new is asked for until `resume`. */
export async function pauseBackfill(db: Db, appId: number, id: string): Promise<void> {
  await move(db, appId, id, 'pause', sql`state = 'paused', note = ${note('paused_by_person')}`);
}

/**
 * Goes on with a paused one; of a failed one, what could not be read is tried again.
 *
 * @throws RecallError `conflict` while another one of the app is open
 */
export async function resumeBackfill(db: Db, appId: number, id: string): Promise<void> {
  const { rows } = await sql`
    select from backfills where app_id = ${appId} and id <> ${id} and state in ('listing', 'running', 'paused')`.execute(
    db,
  );
  if (rows.length > 0) throw await alreadyOpen(db, appId);
  await move(
    db,
    appId,
    id,
    'resume',
    sql`state = case when listed_at is null then 'listing' else 'running' end, note = null, finished_at = null,
        estimate = estimate and listed_at is null, failures = 0, due_at = '-infinity'`,
  );
  await sql`update backfill_parts set state = 'waiting', failures = 0, due_at = '-infinity', note = null
             where backfill_id = ${id} and state = 'failed'`.execute(db);
}

/** Ends it; what it has read stays. */
export async function cancelBackfill(db: Db, appId: number, id: string): Promise<void> {
  await move(db, appId, id, 'cancel', sql`state = 'cancelled', note = null, finished_at = now()`);
}

async function alreadyOpen(db: Db, appId: number): Promise<RecallError> {
  const { rows } = await sql<{ id: string }>`
    select id from backfills where app_id = ${appId} and state in ('listing', 'running', 'paused')`.execute(db);
  const id = rows[0]?.id ?? '';
  return new RecallError(
    'conflict',
    `backfill ${id} of this app is open; end or cancel it first`,
    [],
    `该应用已有未结束的历史回填 ${id}，请先完成或取消`,
  );
}

async function move(
  db: Db,
  appId: number,
  id: string,
  action: keyof typeof actions,
  changes: ReturnType<typeof sql>,
): Promise<void> {
  const { from, zh } = actions[action];
  const { rows } = await sql`
    update backfills set ${changes} where id = ${id} and app_id = ${appId} and state = any(${[...from]}::text[])
    returning id`.execute(db);
  if (rows.length > 0) return;
  const found = await sql<{ state: BackfillState }>`
    select state from backfills where id = ${id} and app_id = ${appId}`.execute(db);
  const state = found.rows[0]?.state;
  if (state === undefined) throw new RecallError('not_found', `there is no backfill ${id}`);
  throw new RecallError(
    'conflict',
    `cannot ${action} a backfill that is ${state}; it must be ${from.join(' or ')}`,
    [],
    `历史回填当前为“${states[state]}”，无法${zh}；须为${from.map((one) => `“${states[one]}”`).join('或')}`,
  );
}
