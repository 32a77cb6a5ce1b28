import { createHmac } from 'node:crypto';
import { inflateSync } from 'node:zlib';

/** 0, or the documented code of what is wrong with it. */
export type UserSigCode = 0 | 70001 | 70002 | 70003 | 70009 | 70013 | 70014;

interface UserSigDocument {
  readonly 'TLS.identifier': string;
  readonly 'TLS.sdkappid': number;
  /** Unix seconds. */
  readonly 'TLS.time': number;
  /** Lifetime in seconds, no date. */
  readonly 'TLS.expire': number;
  readonly 'TLS.sig': string;
}

/**
 * Checks a UserSig by taking it apart (intl 34385): `*`, `-`, `_` stand for `+`, `/`, `=`; then base64, zlib, JSON, and
 * an HMAC-SHA256 over four lines, keyed by the secret's hex text as it is. Comparing with a sig of our own making would
 * not do, since zlib builds differ. `now` in Unix seconds.
 */
export function checkUserSig(
  userSig: string,
  expected: { readonly sdkAppId: number; readonly identifier: string; readonly secretKey: string },
  now: number,
): UserSigCode {
  if (userSig === '') return 70002;
  const document = decode(userSig);
  if (!document) return 70003;
  if (document['TLS.sdkappid'] !== expected.sdkAppId) return 70014;
  if (document['TLS.identifier'] !== expected.identifier) return 70013;
  const signed =
    `TLS.identifier:${expected.identifier}\nTLS.sdkappid:${expected.sdkAppId}\n` +
    `TLS.time:${document['TLS.time']}\nTLS.expire:${document['TLS.expire']}\n`;
  const signature = createHmac('sha256', expected.secretKey).update(signed).digest('base64');
  if (signature !== document['TLS.sig']) return 70009;
  return document['TLS.time'] + document['TLS.expire'] > now ? 0 : 70001;
}

function decode(userSig: string): UserSigDocument | undefined {
  const base64 = userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=');
  try {
    const document: unknown = JSON.parse(inflateSync(Buffer.from(base64, 'base64')).toString());
    return isUserSigDocument(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

function isUserSigDocument(value: unknown): value is UserSigDocument {
  if (typeof value !== 'object' || value === null) return false;
  const document = value as Record<string, unknown>;
  return (
    typeof document['TLS.identifier'] === 'string' &&
    typeof document['TLS.sdkappid'] === 'number' &&
    typeof document['TLS.time'] === 'number' &&
    typeof document['TLS.expire'] === 'number' &&
    typeof document['TLS.sig'] === 'string'
  );
}
