/** What the URL of a callback says (intl 34375); undefined: not there. */
export interface CallbackQuery {
  sdkAppId: string | undefined;
  command: string | undefined;
  sign: string | undefined;
  requestTime: string | undefined;
}

/**
 * Reads the four parameters that matter, by hand: a quarter of the time of URLSearchParams. The first of
 * several with one name counts.
 */
export function readCallbackQuery(search: string): CallbackQuery {
  const query: CallbackQuery = { sdkAppId: undefined, command: undefined, sign: undefined, requestTime: undefined };
  let from = 0;
  while (from < search.length) {
    let to = search.indexOf('&', from);
    if (to === -1) to = search.length;
    const equals = search.indexOf('=', from);
    if (equals !== -1 && equals < to) {
      switch (search.slice(from, equals)) {
        case 'SdkAppid':
          query.sdkAppId ??= decoded(search.slice(equals + 1, to));
          break;
        case 'CallbackCommand':
          query.command ??= decoded(search.slice(equals + 1, to));
          break;
        case 'Sign':
          query.sign ??= search.slice(equals + 1, to);
          break;
        case 'RequestTime':
          query.requestTime ??= search.slice(equals + 1, to);
          break;
        default:
      }
    }
    from = to + 1;
  }
  return query;
}

function decoded(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
