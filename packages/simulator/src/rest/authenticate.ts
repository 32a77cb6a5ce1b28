import { checkUserSig } from './user-sig.ts';

export interface Account {
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly admins: readonly string[];
}

const largestUint32 = 2 ** 32 - 1;

/**
 * Checks the five documented query parameters (intl 34620), whose names are case-sensitive. Gives the identifier, or
 * the code of what is wrong. `now` in Unix seconds.
 */
export function authenticate(
  query: URLSearchParams,
  account: Account,
  now: number,
): { readonly identifier: string } | { readonly code: number } {
  const sdkAppId = query.get('sdkappid');
  if (!sdkAppId) return { code: 60012 };
  if (sdkAppId !== String(account.sdkAppId)) return { code: 60006 };
  const identifier = query.get('identifier');
  if (!identifier) return { code: 60004 };
  const code = checkUserSig(query.get('usersig') ?? '', { ...account, identifier }, now);
  if (code !== 0) return { code };
  if (!account.admins.includes(identifier)) return { code: 60010 };
  const random = query.get('random') ?? '';
  const wellFormed = /^\d{1,10}$/.test(random) && Number(random) <= largestUint32;
  return wellFormed && query.get('contenttype') === 'json' ? { identifier } : { code: 60002 };
}
