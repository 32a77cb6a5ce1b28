import { hash, timingSafeEqual } from 'node:crypto';
import type { CallbackQuery } from './callback-query.ts';

/** What a callback's URL proves. */
export type Verdict = 'authentic' | 'unsigned' | 'badSignature' | 'stale' | 'foreignApp';

/** How far `RequestTime` may be from now, either way, s (cn 32431). */
const windowSeconds = 60;

/** Of each app served, by its SDKAppID: the tokens, any of which may have signed. None: none is asked for. */
export type Credentials = ReadonlyMap<string, readonly string[]>;

/**
 * Judges a callback by its URL alone: `Sign` is the lower-case hex SHA-256 of token and `RequestTime`,
 * which is Unix seconds (intl 34354). It covers neither body nor other parameters, and calls of one
 * second share it, so it says nothing about replays within the window.
 *
 * @param now Unix milliseconds
 */
export function authenticate(query: CallbackQuery, credentials: Credentials, now: number): Verdict {
  const own = query.sdkAppId === undefined ? undefined : credentials.get(query.sdkAppId);
  // Whoever can sign for none of the apps is not told which there are.
  const tokens = own ?? [...credentials.values()].flat();
  if (tokens.length > 0) {
    const { sign, requestTime } = query;
    if (sign === undefined || requestTime === undefined) return 'unsigned';
    if (!/^\d{1,12}$/u.test(requestTime) || !isSigned(sign, requestTime, tokens)) return 'badSignature';
    if (Math.abs(now / 1000 - Number(requestTime)) > windowSeconds) return 'stale';
  }
  return own === undefined ? 'foreignApp' : 'authentic';
}

/** Takes the same time whichever token signed, and however much of the signature is right. */
function isSigned(sign: string, requestTime: string, tokens: readonly string[]): boolean {
  const given = Buffer.from(sign, 'latin1');
  let signed = false;
  for (const token of tokens) {
    const expected = signature(token, requestTime);
    if (given.length === expected.length && timingSafeEqual(given, expected)) signed = true;
  }
  return signed;
}

/** Signatures that were reckoned, by time and token: all callbacks of one second share theirs. */
const reckoned = new Map<string, Buffer>();
const mostReckoned = 1_000;

function signature(token: string, requestTime: string): Buffer {
  const name = `${requestTime} ${token}`;
  const known = reckoned.get(name);
  if (known !== undefined) return known;
  const made = Buffer.from(hash('sha256', token + requestTime), 'latin1');
  if (reckoned.size >= mostReckoned) reckoned.clear();
  reckoned.set(name, made);
  return made;
}
