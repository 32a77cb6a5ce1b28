import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { hashOf, hashUnder, newSecret } from './secrets.ts';
import type { Holder } from './tokens.ts';

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

/**
 * Stores a log-in and clears away those that are over.
 *
 * @param token that the log-in was made with
 */
export async function createSession(
  db: Db,
  holder: Holder,
  token: string,
  now: Date,
): Promise<{ secret: string; session: Session }> {
  const secret = newSecret();
  const csrfToken = newSecret();
  const hash = holder.tokenId === null ? hashUnder(token, secret) : hashOf(secret);
  await sql`delete from sessions s where not (${isAlive(now)})`.execute(db);
  await db
    .insertInto('sessions')
    .values({ session_hash: hash, token_id: holder.tokenId, csrf_token: csrfToken, created_at: now, last_seen_at: now })
    .execute();
  return { secret, session: { hash, csrfToken, holder } };
}

/**
 * The session of a secret; null: there is none, it is over, or its token is revoked or expired.
 *
 * @param configured the token of the configuration, and whom it stands for
 * @param keepsAlive whether it is the person who asks; what a page asks by itself leaves the session idle
 */
export async function findSession(
  db: Db,
  secret: string,
  configured: { token: string; holder: Holder },
  now: Date,
  keepsAlive: boolean,
): Promise<Session | null> {
  const [byRow, byToken] = [hashOf(secret), hashUnder(configured.token, secret)];
  const { rows } = await sql<Partial<Holder> & { hash: Buffer; csrfToken: string }>`
    with found as (
      select s.session_hash as hash, s.csrf_token, s.last_seen_at, t.token_id, t.name, t.person, t.role, t.max_messages
        from sessions s left join api_tokens t using (token_id)
       where ((s.session_hash = ${byRow} and t.revoked_at is null and (t.expires_at is null or t.expires_at > ${now})
               and s.token_id is not null)
              or (s.session_hash = ${byToken} and s.token_id is null))
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
  return { hash, csrfToken, holder: holder.tokenId === null ? configured.holder : (holder as Holder) };
}

/** Ends a session. */
export async function deleteSession(db: Db, hash: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('session_hash', '=', hash).execute();
}

/** The condition on `sessions s`. */
function isAlive(now: Date) {
  return sql<boolean>`s.last_seen_at > ${now}::timestamptz - make_interval(mins => ${sessionIdleMinutes})
    and s.created_at > ${now}::timestamptz - make_interval(hours => ${sessionHours})`;
}
