import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import { hashOf, isTokenSecret, newTokenSecret } from './secrets.ts';

/** What whoever holds a token may do. */
export type Role = 'viewer' | 'moderator' | 'approver' | 'admin';

/** Whom a valid token stands for. */
export interface Holder {
  /** null: the token of the configuration, or whom the provider of identities named: there is no row of it. */
  readonly tokenId: string | null;
  readonly name: string;
  /** Two tokens of one person are one person. */
  readonly person: string;
  readonly role: Role;
  /** The largest recall it may make; null: any. */
  readonly maxMessages: number | null;
}

/** A named token as admins see it; its secret is in nobody's hands but the holder's. */
export interface Token {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly role: Role;
  readonly maxMessages: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

/** Makes a token. The secret is returned this once; the row holds its hash. */
export async function createToken(
  db: Db,
  token: Pick<Token, 'name' | 'person' | 'role' | 'maxMessages' | 'expiresAt' | 'createdBy'>,
): Promise<{ token: Token; secret: string }> {
  const secret = newTokenSecret();
  const row = await db
    .insertInto('api_tokens')
    .values({
      token_id: uuidv7(),
      name: token.name,
      person: token.person,
      role: token.role,
      token_hash: hashOf(secret),
      max_messages: token.maxMessages,
      created_by: token.createdBy,
      expires_at: token.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { token: toToken(row), secret };
}

/** All tokens, those that are of no use any more, too; the newest first. */
export async function listTokens(db: Db): Promise<Token[]> {
  const rows = await db
    .selectFrom('api_tokens')
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('token_id', 'desc')
    .execute();
  return rows.map(toToken);
}

/**
 * Makes a token useless, and with it the sessions that were made from it. Again does no harm.
 *
 * @throws RecallError `not_found`
 */
export async function revokeToken(db: Db, id: string, now: Date): Promise<{ token: Token; revoked: boolean }> {
  const revoked = await db
    .updateTable('api_tokens')
    .set({ revoked_at: now })
    .where('token_id', '=', id)
    .where('revoked_at', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (revoked !== undefined) {
    await db.deleteFrom('sessions').where('token_id', '=', id).execute();
    return { token: toToken(revoked), revoked: true };
  }
  const row = await db.selectFrom('api_tokens').selectAll().where('token_id', '=', id).executeTakeFirst();
  if (row === undefined) throw new RecallError('not_found', `there is no token ${id}`);
  return { token: toToken(row), revoked: false };
}

/**
 * Whom a secret stands for; null: nobody, or the token is revoked or expired. Asked on every request
 * and not remembered, so that a revocation holds at once in all processes; the last use is written once
 * a minute at most.
 */
export async function findHolder(db: Db, secret: string, now: Date): Promise<Holder | null> {
  if (!isTokenSecret(secret)) return null;
  const { rows } = await sql<Holder>`
    with found as (
      select token_id, name, person, role, max_messages from api_tokens
       where token_hash = ${hashOf(secret)} and revoked_at is null and (expires_at is null or expires_at > ${now})
    ), used as (
      update api_tokens t set last_used_at = ${now} from found f
       where t.token_id = f.token_id
         and (t.last_used_at is null or t.last_used_at <= ${now}::timestamptz - interval '1 minute')
    )
    select token_id as "tokenId", name, person, role, max_messages as "maxMessages" from found`.execute(db);
  return rows[0] ?? null;
}

function toToken(row: {
  token_id: string;
  name: string;
  person: string;
  role: Role;
  max_messages: number | null;
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}): Token {
  return {
    id: row.token_id,
    name: row.name,
    person: row.person,
    role: row.role,
    maxMessages: row.max_messages,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
