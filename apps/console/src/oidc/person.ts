import type { Holder } from '@chat-recall/shared/access';
import { cleanText } from '@chat-recall/shared/messages';
import { reservedNames } from '../auth/roles.ts';
import type { OidcSettings } from './settings.ts';

/** What the provider says of somebody: the claims of the ID token, with those of the user info. */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

const longestName = 200;

/** Whom the claims stand for here; null: none of their values is a role. */
export function holderOf(claims: Claims, { roleClaim, roles }: OidcSettings): Holder | null {
  const values = textsIn(claimAt(claims, roleClaim));
  const role = roles.find(([value]) => values.includes(value))?.[1];
  if (role === undefined) return null;
  const person = personOf(claims);
  return { tokenId: null, name: person, person, role, maxMessages: null };
}

/**
 * The e-mail address in small letters, unless the provider says that it is not verified: then, and without one, the subject.
 * Whoever has tokens here as well is the same person when the tokens name the same address.
 */
export function personOf({ email, email_verified: verified, sub }: Claims): string {
  const named = typeof email === 'string' && email !== '' && verified !== false ? email.toLowerCase() : sub;
  const name = cleanText(named.slice(0, longestName));
  return reservedNames.includes(name) ? `oidc:${name}` : name;
}

/** A claim by its name, which may hold dots, or by the path to it, as `realm_access.roles`. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (at, part) => (typeof at === 'object' && at !== null && Object.hasOwn(at, part) ? at[part as never] : undefined),
      claims,
    );
}

function textsIn(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
