import type { Principal } from './roles.ts';

/** Who a token stands for; null: nobody. */
export type VerifyToken = (token: string) => Promise<Principal | null>;

/** How a token may come: `Bearer` from programs, `Basic` (as the password) from browsers. */
export type Scheme = 'bearer' | 'basic';

export type Authentication =
  | { readonly kind: 'known'; readonly principal: Principal; readonly scheme: Scheme }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused' };

/**
 * Who asks, by the `Authorization` header as it came.
 *
 * @param schemes those that are accepted here; another one is refused whatever it holds
 */
export async function authenticate(
  authorization: string | undefined,
  schemes: readonly Scheme[],
  verify: VerifyToken,
): Promise<Authentication> {
  if (authorization === undefined) return { kind: 'missing' };
  const [, word = '', credentials = ''] = /^([A-Za-z]+) +(\S+) *$/u.exec(authorization) ?? [];
  const scheme = schemes.find((accepted) => accepted === word.toLowerCase());
  if (scheme === undefined) return { kind: 'refused' };
  const token = scheme === 'bearer' ? credentials : passwordOf(credentials);
  const principal = await verify(token);
  return principal === null ? { kind: 'refused' } : { kind: 'known', principal, scheme };
}

/** The password of `user:password` in base64 (RFC 7617); the user name means nothing here. */
function passwordOf(credentials: string): string {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? '' : pair.slice(colon + 1);
}
