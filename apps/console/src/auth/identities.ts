import {
  createSession,
  deleteSession,
  findHolder,
  findSession,
  type Holder,
  type LogIn,
  type Session,
} from '@chat-recall/shared/access';
import type { Db } from '@chat-recall/shared/db';
import { isSameSecret } from './same-secret.ts';
import { configuredAdmin } from './roles.ts';

/** Whom tokens and sessions stand for. */
export interface Identities {
  /** null: nobody, or not any more. */
  byToken(token: string): Promise<Holder | null>;
  /** @param by whose doing the request is: what a page asks by itself does not keep a session from going idle */
  bySession(secret: string, by: 'person' | 'page'): Promise<Session | null>;
  /** Makes a session, of which `secret` goes into the cookie. */
  begin(db: Db, logIn: LogIn): Promise<{ secret: string; session: Session }>;
  end(db: Db, session: Pick<Session, 'hash'>): Promise<void>;
}

/**
 * Tokens and sessions of the database, and CONSOLE_ADMIN_TOKEN, which needs none.
 *
 * @param under the settings that log-ins by the provider of identities stand under; null: there is none
 * @param now the time, ms
 */
export function createIdentities(db: Db, adminToken: string, under: string | null, now: () => number): Identities {
  return {
    async byToken(token) {
      if (isSameSecret(token, adminToken)) return configuredAdmin;
      return findHolder(db, token, new Date(now()));
    },
    bySession: (secret, by) =>
      findSession(db, secret, { token: adminToken, holder: configuredAdmin, under }, new Date(now()), by === 'person'),
    begin: (trx, logIn) => createSession(trx, logIn, new Date(now())),
    end: (trx, { hash }) => deleteSession(trx, hash),
  };
}
