import { appendAudit, system } from '../audit/index.ts';
import { inTransaction, type Pool } from '../db/index.ts';
import { meaningOf } from '../tencent/index.ts';
import { sql } from 'kysely';
import { note } from './backfill-notes.ts';
import type { BackfillWork, PacedGate } from './backfill-work.ts';

/** How long a worker may be silent before another takes over what it has in hand, s. */
export const backfillLeaseSeconds = 20;
/** Failures in a row after which a part is given up. */
const mostFailures = 8;

/** A conversation or an hour, taken by this worker. */
export interface BackfillPart {
  readonly backfillId: string;
  /** Its key within the backfill. */
  readonly part: string;
  readonly step: 'type' | 'topics' | 'pages' | 'hour';
  readonly groupId: string;
  /** '': the group itself. */
  readonly topicId: string;
  readonly conversationId: number | null;
  readonly newest: number | null;
  readonly below: number | null;
  readonly blankPages: number;
  readonly fence: number;
  /** Unix ms: how far back. */
  readonly since: number;
}

/** The key of a conversation within a backfill. */
export function partOf(groupId: string, topicId = ''): string {
  return topicId === '' ? groupId : `${groupId}\n${topicId}`;
}

interface PartRow extends Omit<BackfillPart, 'groupId' | 'topicId' | 'since'> {
  readonly since: Date;
}

/** Takes parts that are due, of a backfill that runs; what another worker has in hand and renews is not due. */
export async function claimParts(pool: Pool, backfillId: string, limit: number): Promise<BackfillPart[]> {
  const { rows } = await pool.query<PartRow>({
    name: 'claim_backfill_parts',
    text: `with due as (
             select part from backfill_parts
              where backfill_id = $1 and state in ('waiting', 'running') and due_at <= now()
              -- The newest hour first, and conversations that hours have found before all hours.
              order by due_at, part desc limit $2 for update skip locked
           )
           update backfill_parts p
              set state = 'running', fence = p.fence + 1, due_at = now() + make_interval(secs => $3)
             from due, backfills b
            where p.backfill_id = $1 and p.part = due.part and b.id = $1 and b.state = 'running'
           returning p.backfill_id as "backfillId", p.part, p.step, p.conversation_id as "conversationId", p.newest,
                     p.below, p.blank_pages as "blankPages", p.fence, b.since`,
    values: [backfillId, limit, backfillLeaseSeconds],
  });
  return rows.map(({ since, ...row }) => {
    const [groupId = '', topicId = ''] = row.part.split('\n');
    return { ...row, groupId, topicId, since: since.getTime() };
  });
}

/** Keeps parts from being taken over. */
export async function renewParts(pool: Pool, parts: readonly BackfillPart[]): Promise<void> {
  if (parts.length === 0) return;
  await pool.query({
    name: 'renew_backfill_parts',
    text: `update backfill_parts p set due_at = now() + make_interval(secs => $4)
             from unnest($1::uuid[], $2::text[], $3::integer[]) as h (backfill_id, part, fence)
            where (p.backfill_id, p.part, p.fence) = (h.backfill_id, h.part, h.fence) and p.state = 'running'`,
    values: [
      parts.map(({ backfillId }) => backfillId),
      parts.map(({ part }) => part),
      parts.map(({ fence }) => fence),
      backfillLeaseSeconds,
    ],
  });
}

/** How one look at a part ended. */
export type PartEnd =
  | { readonly kind: 'done' | 'failed' | 'excluded'; readonly note: string | null }
  /** There is more to do, now or in some seconds. */
  | { readonly kind: 'waiting'; readonly seconds: number; readonly note: string | null }
  /** It did not work; the part is tried again, with growing pauses, and then given up. */
  | { readonly kind: 'again'; readonly note: string; readonly code: number | null }
  /** Nothing can be read for the app until a person acts. */
  | { readonly kind: 'stop'; readonly code: number }
  /** Written down already. */
  | { readonly kind: 'settled' };

/** What a refusal means for a part. */
export function endOf(code: number | null): PartEnd {
  if (code !== null && meaningOf(code).class === 'app') return { kind: 'stop', code };
  return { kind: 'again', note: code === null ? note('failed') : note('failed', code), code };
}

/** Gives a part back as its end says, unless another worker has taken it over. */
export async function settlePart(
  work: BackfillWork,
  part: BackfillPart,
  end: PartEnd,
  gate: PacedGate | null,
  counts: { readonly calls: number; readonly messages: number },
): Promise<void> {
  if (end.kind === 'settled') return;
  // What comes too fast says nothing about the part.
  const throttled = end.kind === 'again' && end.code !== null && meaningOf(end.code).throttle === true;
  if (throttled) await gate?.throttled();
  const failed = end.kind === 'again' && !throttled;
  const state = end.kind === 'again' || end.kind === 'stop' ? 'waiting' : end.kind;
  const seconds = end.kind === 'waiting' ? end.seconds : throttled ? 1 : 0;
  await work.pool.query({
    name: 'settle_backfill_part',
    text: `update backfill_parts
              set state = case when $6 and failures + 1 >= $7 then 'failed' else $4 end, note = $5,
                  failures = case when $6 then failures + 1 else failures end,
                  due_at = case when $6 then now() + least(300, 2 ^ (failures + 1)) * interval '1 second'
                                when $8 > 0 then now() + make_interval(secs => $8) else '-infinity' end,
                  calls = calls + $9, messages = messages + $10
            where backfill_id = $1 and part = $2 and fence = $3 and state = 'running'`,
    values: [
      part.backfillId,
      part.part,
      part.fence,
      state,
      'note' in end ? end.note : null,
      failed,
      mostFailures,
      seconds,
      counts.calls,
      counts.messages,
    ],
  });
  if (end.kind === 'stop') await stopBackfill(work, part.backfillId, note('stopped_by_platform', end.code));
}

/** Pauses a backfill until a person acts. */
export async function stopBackfill({ db }: Pick<BackfillWork, 'db'>, id: string, why: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    const { rows } = await sql`
      update backfills set state = 'paused', note = ${why}
       where id = ${id} and state in ('listing', 'running') returning id`.execute(trx);
    if (rows.length > 0) await appendAudit(trx, system, { action: 'backfill.stop', details: { id, note: why } });
  });
}

/** Ends a backfill of which no part is open: completed, or failed when one of its parts is. */
export async function endIfDone(pool: Pool, id: string): Promise<void> {
  await pool.query({
    name: 'end_backfill',
    text: `update backfills b
              set state = case when f.failed > 0 then 'failed' else 'completed' end, finished_at = now(),
                  note = case when f.failed > 0 then 'parts_failed:' || f.failed end
             from (select count(*) as failed from backfill_parts where backfill_id = $1 and state = 'failed') f
            where b.id = $1 and b.state = 'running'
              and not exists (select from backfill_parts where backfill_id = $1 and state in ('waiting', 'running'))`,
    values: [id],
  });
}
