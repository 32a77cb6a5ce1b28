/** The cookie that holds a session's secret. */
export const sessionCookie = 'chat_recall_session';

/** The value of a cookie in a `Cookie` header; null: it is not there. Of several the first counts (RFC 6265, 5.4). */
export function cookieOf(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals !== -1 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim();
  }
  return null;
}

/**
 * `Set-Cookie` for a session. Scripts cannot read it and other sites cannot send it; it has no end of
 * its own, so that it goes with the browser, and the row behind it ends earlier.
 */
export function sessionCookieWith(secret: string, secure: boolean): string {
  return `${sessionCookie}=${secret}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** `Set-Cookie` that has the browser forget the session. */
export function noSessionCookie(secure: boolean): string {
  return `${sessionCookieWith('', secure)}; Max-Age=0`;
}
