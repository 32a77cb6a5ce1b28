import { createHmac, randomBytes } from 'node:crypto';
import { cameSecurely, cookieOf, nameOver, type CookieHeaders } from '../auth/cookies.ts';

/** The cookie that ties a log-in to the browser that began it. */
const attemptCookie = 'chat_recall_log_in';
/** A longer path to go on to is given up, so that the cookie stays below what browsers take. */
const longestPath = 1_500;
/** How long somebody may take at the provider. */
export const attemptMinutes = 10;

/** A log-in on its way to the provider and back. */
export interface Attempt {
  /** When it began, ms. */
  readonly at: number;
  /** The path to go on to. */
  readonly to: string;
  /**
   * The hash of the session that the browser had. Its own cookie does not come with what another site sends here; null:
   * it had none.
   */
  readonly former: Buffer | null;
  readonly state: string;
  readonly nonce: string;
  /** PKCE's `code_verifier`. */
  readonly verifier: string;
}

/**
 * Begins one. All that must be remembered of it stands in the browser's cookie or follows from it, so that any
 * console may finish it: who sees the URL of the provider learns `state` and `nonce`, and not the cookie.
 */
export function beginAttempt(at: number, to: string, former: Buffer | null): { attempt: Attempt; value: string } {
  const secret = randomBytes(32).toString('base64url');
  const value = [at, Buffer.from(to).toString('base64url'), former?.toString('base64url') ?? '', secret].join('.');
  return { attempt: derived(at, to, former, secret), value };
}

/** The attempt that a request came with; null: none, or none of ours. */
export function attemptIn(headers: CookieHeaders): Attempt | null {
  const value = cookieOf(headers.cookie, nameOver(cameSecurely(headers), attemptCookie));
  const [, at, to, former, secret] = /^(\d{1,15})\.([\w-]*)\.([\w-]{43}|)\.([\w-]{43})$/u.exec(value ?? '') ?? [];
  if (at === undefined || to === undefined || former === undefined || secret === undefined) return null;
  const path = pathWithin(Buffer.from(to, 'base64url').toString());
  return derived(Number(at), path, former === '' ? null : Buffer.from(former, 'base64url'), secret);
}

export function isOver(attempt: Attempt, now: number): boolean {
  return now > attempt.at + attemptMinutes * 60_000;
}

/** Time, path and session go into what is derived: changed in the cookie, they fit no answer of the provider. */
function derived(at: number, to: string, former: Buffer | null, secret: string): Attempt {
  const of = (purpose: string): string =>
    createHmac('sha256', secret)
      .update(`${purpose} ${at} ${former?.toString('hex') ?? ''} ${to}`)
      .digest('base64url');
  return { at, to, former, state: of('state'), nonce: of('nonce'), verifier: of('verifier') };
}

/** `Set-Cookie`. Lax: the provider, another site, sends the browser back. An empty value has it forgotten. */
export function attemptCookieWith(value: string, secure: boolean): string {
  const maxAge = value === '' ? 0 : attemptMinutes * 60;
  const name = nameOver(secure, attemptCookie);
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${secure ? '; Secure' : ''}`;
}

/** A path of this console to go on to; anything else is its first page. */
export function pathWithin(given: string | null): string {
  const base = 'http://console.invalid';
  if (given === null || given.length > longestPath || !given.startsWith('/') || !URL.canParse(given, base)) return '/';
  const { origin, pathname, search } = new URL(given, base);
  // A path that begins with two slashes names a host.
  return origin === base && !pathname.startsWith('//') ? pathname + search : '/';
}
