/** The cookie that holds a session's secret; over https with `__Host-` before it. */
export const sessionCookie = 'chat_recall_session';

/** Headers that tell of a browser's cookies, and of its side of the connection. */
export interface CookieHeaders {
  readonly cookie?: string | undefined;
  readonly 'x-forwarded-proto'?: string | string[] | undefined;
}

/** Whether the browser's side of the connection is https: TLS ends at a proxy, which says so. */
export function cameSecurely(headers: CookieHeaders): boolean {
  const [first] = String(headers['x-forwarded-proto'] ?? '').split(',', 1);
  return first?.trim().toLowerCase() === 'https';
}

/**
 * A cookie's name as the browser has it: the prefix keeps other hosts of the same site, and pages without TLS, from
 * setting it. Over http, to this host alone, browsers would not take it.
 */
export function nameOver(secure: boolean, name: string): string {
  return secure ? `__Host-${name}` : name;
}

/** The secret of the session that a request came with; null: there is none. */
export function sessionSecretIn(headers: CookieHeaders): string | null {
  return cookieOf(headers.cookie, nameOver(cameSecurely(headers), sessionCookie));
}

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
  const name = nameOver(secure, sessionCookie);
  return `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

/** `Set-Cookie` that has the browser forget the session. */
export function noSessionCookie(secure: boolean): string {
  return `${sessionCookieWith('', secure)}; Max-Age=0`;
}
