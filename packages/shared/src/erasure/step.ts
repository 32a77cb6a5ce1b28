import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import type { Mention } from './mention.ts';
import type { Key } from './walk.ts';

/** What an erasure changes, by kind; counted in rows. */
export const changedKinds = [
  'messages',
  'mentions',
  'recalls',
  'outcomes',
  'evidence',
  'findings',
  'marks',
  'quarantined',
  'notes',
  'jobs',
] as const;
export type ChangedKind = (typeof changedKinds)[number];
export type Changed = Readonly<Partial<Record<ChangedKind, number>>>;

/** Whom an erasure is about. */
export interface Subject {
  readonly id: string;
  readonly appId: number;
  readonly mention: Mention;
}

/** What a step came to: where it goes on (null: it is done) and what it changed. */
export interface Stepped {
  readonly after: Key | null;
  readonly changed: Changed;
}

/**
 * Looks at a bounded number of rows within a transaction. Done again it finds less to do, or nothing: rows are
 * found by the id that it takes away.
 */
export type Step = (trx: Db, subject: Subject, after: Key | null) => Promise<Stepped>;

/** The condition that a row `t` with a `conversation_id` belongs to the app. */
export function ofApp({ appId }: Subject): RawBuilder<unknown> {
  return sql`(select c.app_id from conversations c where c.conversation_id = t.conversation_id) = ${appId}`;
}

/** The condition that a row `t` with a `recall_id` belongs to the app. */
export function ofAppsRecall({ appId }: Subject): RawBuilder<unknown> {
  return sql`(select r.app_id from recalls r where r.id = t.recall_id) = ${appId}`;
}

/** The condition that one of some columns of `t`, text or JSON, may name the person. */
export function mayName({ mention: { sender } }: Subject, columns: readonly string[]): RawBuilder<unknown> {
  // Quotes and backslashes are escaped in JSON.
  const forms = [...new Set([sender, JSON.stringify(sender).slice(1, -1)])];
  const all = columns.flatMap((column) => forms.map((form) => sql`strpos(t.${sql.ref(column)}::text, ${form}) > 0`));
  return sql`(${sql.join(all, sql` or `)})`;
}

/** The condition that what others wrote in a text column may name the person. */
export function inWords(column: string, { inOthersWords, sender }: Mention): RawBuilder<unknown> {
  return inOthersWords ? holdsAny(column, [sender]) : sql`false`;
}

/** The condition that a text column may hold one of some strings, as they are. */
export function holdsAny(column: string, strings: readonly string[]): RawBuilder<unknown> {
  return sql`(${sql.join(
    strings.map((text) => sql`strpos(${sql.ref(column)}, ${text}) > 0`),
    sql` or `,
  )})`;
}
