/** The headers that tell where a browser's request comes from. */
export interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly 'sec-fetch-site'?: string | string[] | undefined;
}

/**
 * Whether a request that changes something may carry credentials which a browser adds by itself.
 * Browsers tell `Sec-Fetch-Site` over https and to localhost, and `Origin` with whatever is not GET or
 * HEAD; who tells neither is no browser. Only the host is compared: a proxy may end TLS.
 */
export function isSameOrigin(headers: OriginHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (headers.origin === undefined) return true;
  return URL.canParse(headers.origin) && new URL(headers.origin).host === headers.host?.toLowerCase();
}
