import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** A row of the audit as people and programs see it. */
export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly person: string;
  readonly role: string;
  readonly via: string;
  readonly address: string;
  readonly action: string;
  readonly recallId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** Hex of the row's hash, which covers the row and the hash before it. */
  readonly hash: string;
}

/** A page of the audit, newest first; `next` is the id below which the next page begins. */
export async function listAudit(
  db: Db,
  query: { action: string | null; actor: string | null; recallId: string | null; before: number | null; limit: number },
): Promise<{ items: AuditEntry[]; next: number | null }> {
  const { action, actor, recallId, before, limit } = query;
  const { rows } = await sql<AuditEntry & { time: Date }>`
    select audit_id as id, at as time, actor, person, role, via, address, action, recall_id as "recallId", details,
           encode(hash, 'hex') as hash
      from audit
     where true
       ${action === null ? sql`` : sql`and action = ${action}`}
       ${actor === null ? sql`` : sql`and (actor = ${actor} or person = ${actor})`}
       ${recallId === null ? sql`` : sql`and recall_id = ${recallId}`}
       ${before === null ? sql`` : sql`and audit_id < ${before}`}
     order by audit_id desc limit ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit).map(({ time, ...entry }) => ({ ...entry, at: time.toISOString() }));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Walks the whole chain. `firstBroken` null: it is whole. */
export async function verifyAudit(db: Db): Promise<{ rows: number; firstBroken: number | null }> {
  const { rows } = await sql<{ rows: number; firstBroken: number | null }>`
    select (select count(*) from audit)::bigint as rows, audit_first_broken() as "firstBroken"`.execute(db);
  return rows[0] ?? { rows: 0, firstBroken: null };
}
