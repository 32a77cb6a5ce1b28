import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** Who acts, and from where. */
export interface Actor {
  /** Name of the token, or of what acts by itself. */
  readonly name: string;
  readonly person: string;
  readonly role: string;
  readonly via: 'api' | 'browser' | 'queue' | 'queue-ui' | 'system';
  /** The client's address; '': not known. */
  readonly address: string;
}

/** The system itself, for what no person asked for. */
export const system: Actor = { name: 'system', person: '', role: 'system', via: 'system', address: '' };

/** What was done. Details name message senders by pseudonym only (`pseudonymize`), and hold no message text. */
export interface Deed {
  readonly action: string;
  readonly recallId?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Adds a row to the audit. Within the transaction of the deed, the two stand or fall together. The
 * trigger of migrations/0004 chains the rows and lets one writer at a time until commit.
 */
export async function appendAudit(db: Db, actor: Actor, deed: Deed): Promise<void> {
  await sql`
    insert into audit (actor, person, role, via, address, action, recall_id, details)
    values (${actor.name}, ${actor.person}, ${actor.role}, ${actor.via}, ${actor.address}, ${deed.action},
            ${deed.recallId ?? null}, ${JSON.stringify(deed.details ?? {})}::jsonb)`.execute(db);
}
