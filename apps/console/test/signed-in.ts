import type { Role, Token } from '@chat-recall/shared/access';
import type { AuditEntry } from '@chat-recall/shared/audit';
import type { Answer, AtWork, Page } from './console-at-work.ts';

export interface SessionBody {
  readonly principal: {
    readonly name: string;
    readonly person: string;
    readonly role: Role;
    readonly maxMessages: number | null;
  };
  readonly csrfToken: string;
  readonly settings: Readonly<Record<string, number | null>>;
}

/** A browser that has logged in. */
export interface SignedIn {
  readonly cookie: string;
  readonly csrfToken: string;
  /** With the cookie alone, and with what changes something needs. */
  readonly looking: { readonly cookie: string };
  readonly acting: { readonly cookie: string; readonly 'x-csrf-token': string };
}

let made = 0;

/** Makes a token; its secret, and headers with it. */
export async function tokenFor(
  at: AtWork,
  role: Role,
  more: { person?: string; name?: string; maxMessages?: number; expiresAt?: string } = {},
): Promise<Token & { secret: string; bearer: { authorization: string } }> {
  const name = `${role}-${(made += 1)}`;
  const { status, body } = await at.post<Token & { secret: string }>('/api/v1/tokens', {
    name,
    person: name,
    role,
    ...more,
  });
  if (status !== 201) throw new Error(`no token: ${JSON.stringify(body)}`);
  return { ...body, bearer: { authorization: `Bearer ${body.secret}` } };
}

/** Asks for a session with a token. */
export async function tryLogIn(
  at: AtWork,
  secret: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<SessionBody>> {
  return at.ask<SessionBody>('POST', '/api/v1/session', { bare: true, headers, body: { token: secret } });
}

export async function logIn(at: AtWork, secret: string): Promise<SignedIn> {
  const { status, headers, body } = await tryLogIn(at, secret);
  if (status !== 200) throw new Error(`not logged in: ${JSON.stringify(body)}`);
  const cookie = cookieIn(headers);
  const { csrfToken } = body;
  return { cookie, csrfToken, looking: { cookie }, acting: { cookie, 'x-csrf-token': csrfToken } };
}

/** `name=value` of the cookie that an answer sets. */
export function cookieIn(headers: Headers): string {
  return headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
}

/** What the audit holds, the oldest first. */
export async function auditOf(at: AtWork, query = ''): Promise<AuditEntry[]> {
  const { body } = await at.get<Page<AuditEntry>>(`/api/v1/audit?limit=1000${query}`);
  return body.items.toReversed();
}
