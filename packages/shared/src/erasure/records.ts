import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { isErased, replacementOf } from '../messages/index.ts';
import { createMention } from './mention.ts';
import type { Changed } from './step.ts';
import { steps } from './steps.ts';

/** What names a person, counted beforehand. */
export interface Found {
  readonly messages: number;
  readonly outcomes: number;
  readonly evidence: number;
  /** Recalls whose selector names the person. */
  readonly recalls: number;
  /** Of them: not ended. */
  readonly openRecalls: number;
  readonly protected: boolean;
}

/** An erasure as people and programs see it. The id of the person is no part of it. */
export interface Erasure {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'completed';
  /** What stands wherever the person's id stood. */
  readonly replacement: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly found: Found;
  /** Rows changed so far, by kind. */
  readonly changed: Changed;
  readonly progress: { readonly done: number; readonly of: number };
  /** What must end before it can go on; null: nothing. */
  readonly waitsFor: { readonly planning: number; readonly jobs: number } | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** Counts what names a person; changes nothing. Reads all outcomes and evidence, which have no index for it. */
export async function previewErasure(db: Db, appId: number, sender: string): Promise<Found> {
  const { rows } = await sql<Found>`
    select (select count(*) from messages where app_id = ${appId} and sender = ${sender}) as messages,
           (select count(*) from outcomes o join recalls r on r.id = o.recall_id
             where o.sender = ${sender} and r.app_id = ${appId}) as outcomes,
           (select count(*) from evidence where app_id = ${appId} and sender = ${sender}) as evidence,
           count(*) as recalls, count(*) filter (where finished_at is null) as "openRecalls",
           exists (select from protected_senders where app_id = ${appId} and sender = ${sender}) as protected
      from recalls
     where app_id = ${appId} and (selector->'senders' ? ${sender} or selector->'excludeSenders' ? ${sender})`.execute(
    db,
  );
  return rows[0] ?? { messages: 0, outcomes: 0, evidence: 0, recalls: 0, openRecalls: 0, protected: false };
}

/** @throws RecallError `invalid_request` when the reason names the person, or the person is erased already */
export function judgeErasure({ sender, reason }: { sender: string; reason: string }): void {
  const faults = [
    ...(isErased(sender) ? [{ path: 'sender', message: 'is an erased person already' }] : []),
    ...(createMention(sender, '').isIn(reason)
      ? [{ path: 'reason', message: 'must not name the person: it is kept, and so is the audit' }]
      : []),
  ];
  if (faults.length === 0) return;
  throw new RecallError('invalid_request', faults.map(({ path, message }) => `${path} ${message}`).join('; '), faults);
}

/** Stores an erasure for the workers to carry out, or finds the one that is under way for the same person. */
export async function requestErasure(
  db: Db,
  erasure: { appId: number; sender: string; reason: string; requestedBy: string; found: Found },
): Promise<{ id: string; created: boolean }> {
  const { appId, sender, reason, requestedBy, found } = erasure;
  const { rows } = await sql<{ id: string }>`
    insert into erasures (id, app_id, sender, reason, requested_by, found)
    values (${uuidv7()}, ${appId}, ${sender}, ${reason}, ${requestedBy}, ${JSON.stringify(found)}::jsonb)
    on conflict (app_id, sender) where finished_at is null do nothing
    returning id`.execute(db);
  if (rows[0] !== undefined) return { id: rows[0].id, created: true };
  const existing = await sql<{ id: string }>`
    select id from erasures where app_id = ${appId} and sender = ${sender} and finished_at is null`.execute(db);
  const id = existing.rows[0]?.id;
  if (id === undefined) throw new RecallError('conflict', 'an erasure of the same person has just ended; ask again');
  return { id, created: false };
}

/** @throws RecallError `not_found` */
export async function getErasure(db: Db, appId: number, id: string): Promise<Erasure> {
  const { rows } = await sql<ErasureRow>`select * from erasures where app_id = ${appId} and id = ${id}`.execute(db);
  if (rows[0] === undefined) throw new RecallError('not_found', `there is no erasure ${id}`);
  return toErasure(rows[0]);
}

/** Erasures, newest first, and the id after which the next page begins (null: there is none). */
export async function listErasures(
  db: Db,
  query: { appId: number; before: string | null; limit: number },
): Promise<{ items: Erasure[]; next: string | null }> {
  const { appId, before, limit } = query;
  const { rows } = await sql<ErasureRow>`
    select * from erasures
     where app_id = ${appId}
       ${before === null ? sql`` : sql`and (created_at, id) < (select created_at, id from erasures where id = ${before})`}
     order by created_at desc, id desc limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit).map(toErasure);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

interface ErasureRow {
  id: string;
  reason: string;
  requested_by: string;
  found: Found;
  changed: Changed;
  step: number;
  waits_for: { planning: number; jobs: number } | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

function toErasure(row: ErasureRow): Erasure {
  const finished = row.finished_at !== null;
  return {
    id: row.id,
    state: finished ? 'completed' : row.started_at === null || row.waits_for !== null ? 'waiting' : 'running',
    replacement: replacementOf(row.id),
    reason: row.reason,
    requestedBy: row.requested_by,
    found: row.found,
    changed: row.changed,
    progress: { done: row.step, of: steps.length },
    waitsFor: row.waits_for,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
