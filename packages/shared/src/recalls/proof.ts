import { sql, type RawBuilder } from 'kysely';
import { confirmWithinMinutes } from './verify.ts';

/** How well it is proved that what was recalled is gone. Grades of the same message may stand side by side. */
export interface Proof {
  /** Sequences that this recall took back by its calls: RetCode 0, or presumed. */
  readonly answered: number;
  /** Of them, those that `Group.CallbackAfterRecallMsg` told of, too. */
  readonly confirmed: number;
  /** Of them, those that history showed as recalled. */
  readonly verified: number;
  /** Of them, those that neither callback nor history has spoken of. */
  readonly unproved: number;
  /** Nobody confirmed some of them within five minutes after the end. */
  readonly flagged: boolean;
  /** Whether history is asked; null: it was not wanted. */
  readonly verification: 'wanted' | 'done' | null;
  /** Sequences that history could not speak of: live groups, groups that are gone. */
  readonly unverifiable: number;
}

/** What was compared with history before anything was called. */
export interface Check {
  readonly senders: boolean;
  readonly texts: boolean;
  readonly state: 'waiting' | 'running' | 'done';
  readonly checked: number;
  readonly unverifiable: number;
  /** Left out of the plan: history names another sender. */
  readonly senderDiffers: number;
  /** Left out of the plan: the text was edited and matches no more. */
  readonly noMatch: number;
  /** Edited, and in the plan still. */
  readonly edited: number;
}

/** Columns of a query over `recalls r`, for `proofOf` and `checkOf`. */
export const proofColumns: RawBuilder<unknown> = sql`
  (select coalesce(sum(answered), 0)::bigint from recall_grades where recall_id = r.id) as answered,
  (select coalesce(sum(confirmed), 0)::bigint from recall_grades where recall_id = r.id) as confirmed,
  (select coalesce(sum(verified), 0)::bigint from recall_grades where recall_id = r.id) as verified,
  (select coalesce(sum(proved), 0)::bigint from recall_grades where recall_id = r.id) as proved,
  r.finished_at < now() - make_interval(mins => ${confirmWithinMinutes}) as overdue,
  (select jsonb_object_agg(finding, n) from (
     select finding, count(*) as n from plan_findings where recall_id = r.id group by 1) f) as findings`;

export interface ProofRow {
  readonly answered: number;
  readonly confirmed: number;
  readonly verified: number;
  readonly proved: number;
  readonly overdue: boolean | null;
  readonly findings: Readonly<Partial<Record<'sender_differs' | 'no_match' | 'edited', number>>> | null;
  readonly verify_state: 'wanted' | 'done' | null;
  readonly verify_senders: boolean;
  readonly refresh: boolean;
  readonly check_state: 'wanted' | 'done' | null;
  readonly checked: number;
  readonly unverifiable: number;
}

export function proofOf(row: ProofRow): Proof {
  const unproved = row.answered - row.proved;
  return {
    answered: row.answered,
    confirmed: row.confirmed,
    verified: row.verified,
    unproved,
    flagged: unproved > 0 && row.overdue === true,
    verification: row.verify_state,
    unverifiable: row.verify_state === null ? 0 : row.unverifiable,
  };
}

export function checkOf(row: ProofRow): Check | null {
  if (!row.verify_senders && !row.refresh && row.check_state === null) return null;
  return {
    senders: row.verify_senders,
    texts: row.refresh,
    state: row.check_state === 'done' ? 'done' : row.checked > 0 ? 'running' : 'waiting',
    checked: row.checked,
    unverifiable: row.verify_state === null ? row.unverifiable : 0,
    senderDiffers: row.findings?.sender_differs ?? 0,
    noMatch: row.findings?.no_match ?? 0,
    edited: row.findings?.edited ?? 0,
  };
}
