import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { hashOf, hashUnder, newSecret } from './secrets.ts';
import type { Holder, Role } from './tokens.ts';

/** A session without a request of its person for this long is over, minutes; noted to the minute. */
export const sessionIdleMinutes = 30;
/** A session that began this long ago is over, hours. */
export const sessionHours = 12;

/** A log-in that still holds. */
export interface Session {
  readonly hash: Buffer;
  /** What a request that changes something must bring beside the cookie. */
  readonly csrfToken: string;
  readonly holder: Holder;
}

/** A session as admins see it; nothing in it lets anybody in. */
export interface OpenSession {
  readonly person: string;
  /** Of the token, or whom the provider of identities named. */
  readonly name: string;
  readonly role: Role;
  readonly by: LogIn['by'];
  readonly createdAt: string;
  /** When its person last asked for something, to the minute. */
  readonly lastUsedAt: string;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/** How somebody has logged in. */
export type LogIn =
  | { readonly by: 'token'; readonly holder: Holder; readonly token: string }
  /** `under`: see `Configured`. */
  | { readonly by: 'provider'; readonly holder: Holder; readonly under: string };

/** What sessions stand under that no row of a token does: with another setting they are nobody's. */
export interface Configured {
  /** The token of the configuration, and whom it stands for. */
  readonly token: string;
  readonly holder: Holder;
  /** The settings of the provider of identities; null: there is none. */
  readonly under: string | null;
}

/** Stores a log-in and clears away those that are over. */
export async function createSession(db: Db, logIn: LogIn, now: Date): Promise<{ secret: string; session: Session }> {
  const { by, holder } = logIn;
  const secret = newSecret();
  const csrfToken = newSecret();
  const under = by === 'provider' ? logIn.under : holder.tokenId === null ? logIn.token : null;
  const hash = under === null ? hashOf(secret) : hashUnder(under, secret);
  const { name, person, role } = holder;
  await sql`delete from sessions s where not (${isAlive(now)})`.execute(db);
  await db
    .insertInto('sessions')
    .values({
      session_hash: hash,
      token_id: holder.tokenId,
      csrf_token: csrfToken,
      created_at: now,
      last_seen_at: now,
      ...(by === 'provider' ? { name, person, role } : {}),
    })
    .execute();
  return { secret, session: { hash, csrfToken, holder } };
}

/**
 * The session of a secret; null: there is none, it is over, or its token is revoked or expired.
 *
 * @param keepsAlive whether it is the person who asks; what a page asks by itself leaves the session idle
 */
export async function findSession(
  db: Db,
  secret: string,
  configured: Configured,
  now: Date,
  keepsAlive: boolean,
): Promise<Session | null> {
  const [byRow, byToken] = [hashOf(secret), hashUnder(configured.token, secret)];
  const byProvider = configured.under === null ? null : hashUnder(configured.under, secret);
  const { rows } = await sql<{ [K in keyof Holder]: Holder[K] | null } & { hash: Buffer; csrfToken: string }>`
    with found as (
      select s.session_hash as hash, s.csrf_token, s.last_seen_at, t.token_id, coalesce(t.name, s.name) as name,
             coalesce(t.person, s.person) as person, coalesce(t.role, s.role) as role, t.max_messages
        from sessions s left join api_tokens t using (token_id)
       where ((s.session_hash = ${byRow} and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now})
               and s.token_id is not null)
              or (s.session_hash = ${byToken} and s.token_id is null and s.person is null)
              or (s.session_hash = ${byProvider} and s.person is not null))
         and ${isAlive(now)}
    ), seen as (
      update sessions s set last_seen_at = ${now} from found f
       where ${keepsAlive} and s.session_hash = f.hash and f.last_seen_at <= ${now}::timestamptz - interval '1 minute'
    ), used as (
      update api_tokens t set last_used_at = ${now} from found f
       where t.token_id = f.token_id
         and (t.last_used_at is null or t.last_used_at <= ${now}::timestamptz - interval '1 minute')
    )
    select hash, csrf_token as "csrfToken", token_id as "tokenId", name, person, role, max_messages as "maxMessages"
      from found`.execute(db);
  const row = rows[0];
  if (row === undefined) return null;
  const { hash, csrfToken, ...holder } = row;
  return { hash, csrfToken, holder: holder.person === null ? configured.holder : (holder as Holder) };
}

/**
 * All sessions that hold, by person, the one used last first. Which ones stand under a configured token or settings of
 * the provider that are others by now cannot be told without the secrets in the cookies: they are listed until they are idle.
 *
 * @param configured whom the token of the configuration stands for
 * @param own the hash of the session that asks; null: none does
 */
export async function listSessions(db: Db, configured: Holder, own: Buffer | null, now: Date): Promise<OpenSession[]> {
  const { rows } = await sql<
    Omit<OpenSession, 'createdAt' | 'lastUsedAt'> & { readonly created_at: Date; readonly last_seen_at: Date }
  >`
    select coalesce(t.person, s.person, ${configured.person}) as person, coalesce(t.name, s.name, ${configured.name}) as name,
           coalesce(t.role, s.role, ${configured.role}) as role,
           case when s.person is null then 'token' else 'provider' end as by,
           s.created_at, s.last_seen_at, s.session_hash is not distinct from ${own}::bytea as current
      from sessions s left join api_tokens t using (token_id)
     where ${isAlive(now)}
       and (s.token_id is null or (t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now})))
     order by person, s.last_seen_at desc, s.created_at desc`.execute(db);
  return rows.map(({ created_at, last_seen_at, ...told }) => ({
    ...told,
    createdAt: created_at.toISOString(),
    lastUsedAt: last_seen_at.toISOString(),
  }));
}

/** Ends a session. */
export async function deleteSession(db: Db, hash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('session_hash', '=', hash).execute();
}

/**
 * Ends all sessions of a person. @returns how many
 *
 * @param configured also those of the configured token
 */
export async function deleteSessionsOf(db: Db, person: string, configured: boolean): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from sessions s
     where s.person = ${person} or s.token_id in (select token_id from api_tokens where person = ${person})
        or (${configured} and s.token_id is null and s.person is null)`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** The condition on `sessions s`. */
function isAlive(now: Date) {
  return sql<boolean>`s.last_seen_at > ${now}::timestamptz - make_interval(mins => ${sessionIdleMinutes})
    and s.created_at > ${now}::timestamptz - make_interval(hours => ${sessionHours})`;
}
