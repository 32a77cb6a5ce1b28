import { sessionStore, severalApps } from '../session/store.ts';
import { currentLanguage } from '../words/language.ts';
import { connection } from './connection.ts';
import { offline, Problem, problemOf } from './problem.ts';

/** Query parameters: a list is repeated, what is undefined or empty left out. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Asks the admin API. When the session has expired it waits until the same person has logged in again
 * over the page, and asks once more: whoever filled in a form does not notice more than the dialog.
 *
 * @throws Problem
 */
export async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await ask(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/**
 * Makes sure that the session lasts, for what the browser fetches by itself, as a link's target: of that
 * no script hears that it was refused. The log-in dialog comes up as with `request`.
 *
 * @throws Problem
 */
export async function ensureSession(): Promise<void> {
  await ask('GET', sessionPath, {});
}

const sessionPath = '/api/v1/session';

async function ask(method: string, path: string, options: RequestOptions): Promise<Response> {
  const first = await send(method, path, options);
  if (first.ok) return first;
  const problem = await problemOf(first);
  // Of a log-in, 401 says that the token is wrong.
  if (path === sessionPath && method !== 'GET') throw problem;
  if (problem.status === 401 && sessionStore.current() !== null) {
    if (!(await sessionStore.renewed())) throw problem;
  } else if (problem.code === 'csrf') {
    // Another tab has logged in since: its session is ours, with a token of its own.
    await refreshSession();
  } else {
    throw problem;
  }
  const second = await send(method, path, options);
  if (second.ok) return second;
  throw await problemOf(second);
}

async function refreshSession(): Promise<void> {
  const response = await send('GET', sessionPath, {});
  if (response.ok) sessionStore.set(await response.json());
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const { query, body, headers, signal } = options;
  const session = sessionStore.current();
  const csrf = session?.csrfToken;
  try {
    const response = await fetch(path + queryString(query), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        'accept-language': currentLanguage() === 'zh' ? 'zh-CN' : 'en',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        // Not the cookie's, which another tab may have changed: what stands on this page is of this app.
        ...(session !== null && severalApps(session) ? { 'sdk-app-id': String(session.settings.sdkAppId) } : {}),
        ...(performance.now() - touchedAt > personForMs ? { 'x-background': '1' } : {}),
        ...(method === 'GET' || csrf === undefined || csrf === null ? {} : { 'x-csrf-token': csrf }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    connection.set(true);
    return response;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    connection.set(false);
    throw offline();
  }
}

/** What is asked this long after somebody touched the page is the page's own doing, ms: it keeps no session alive. */
const personForMs = 60_000;
let touchedAt = performance.now();
for (const touch of ['pointerdown', 'pointermove', 'keydown', 'wheel'] as const) {
  addEventListener(touch, () => (touchedAt = performance.now()), { capture: true, passive: true });
}

export function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? (value as readonly string[]) : value === undefined ? [] : [String(value)];
    for (const one of values) if (one !== '') parameters.append(name, one);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Whether asking again may help: no answer, or one that says so. */
export function isPassing(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 503);
}
