import type { Holder, Session } from '@chat-recall/shared/access';
import { sessionSecretIn, type CookieHeaders } from './cookies.ts';
import type { Identities } from './identities.ts';

export type Authentication =
  /** `session` null: by a token, which no browser sends by itself. */
  | { readonly kind: 'known'; readonly holder: Holder; readonly session: Session | null }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly of: 'token' | 'session' };

/**
 * Who asks, by the headers as they came. A token counts before a cookie, also one that is not known.
 *
 * @param by whose doing the request is, of a browser
 */
export async function authenticate(
  headers: CookieHeaders & { readonly authorization?: string | undefined },
  identities: Pick<Identities, 'byToken' | 'bySession'>,
  by: 'person' | 'page',
): Promise<Authentication> {
  const { authorization } = headers;
  if (authorization !== undefined) {
    const [, token] = /^bearer +(\S+) *$/iu.exec(authorization) ?? [];
    const holder = token === undefined ? null : await identities.byToken(token);
    return holder === null ? { kind: 'refused', of: 'token' } : { kind: 'known', holder, session: null };
  }
  const secret = sessionSecretIn(headers);
  if (secret === null || secret === '') return { kind: 'missing' };
  const session = await identities.bySession(secret, by);
  return session === null ? { kind: 'refused', of: 'session' } : { kind: 'known', holder: session.holder, session };
}
