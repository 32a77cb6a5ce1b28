/**
 * The console's address, with a slash at the end; a path is kept, for consoles behind a proxy.
 *
 * @throws TypeError when it is no http(s) URL, or holds a user or password
 */
export function parseBaseUrl(baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) throw new TypeError('baseUrl must be a URL such as http://127.0.0.1:8081');
  const url = new URL(baseUrl);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new TypeError('baseUrl must begin with http:// or https://');
  if (url.username !== '' || url.password !== '') throw new TypeError('baseUrl must hold no user and no password');
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** @throws TypeError, without the token, when no header can hold it */
export function checkToken(token: string): string {
  if (!/^[!-~]+$/u.test(token)) throw new TypeError('token must be printable ASCII without spaces, and not empty');
  return token;
}
