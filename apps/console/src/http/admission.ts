import type { Request, RequestHandler } from 'express';
import { authenticate } from '../auth/authenticate.ts';
import type { Identities } from '../auth/identities.ts';
import { mayAct, type Need, type Principal } from '../auth/roles.ts';
import { isSameOrigin } from '../auth/same-origin.ts';
import { isSameSecret } from '../auth/same-secret.ts';
import type { Throttle } from '../auth/throttle.ts';
import { asksByItself } from './background.ts';
import { localsOf } from './locals.ts';
import { Refusal } from './problem.ts';

const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/** How a request that changes something proves that no other site had the browser send it. */
export type CsrfProof =
  /** Header X-CSRF-Token. */
  | 'token'
  /** For pages that know nothing of the token: Origin or Sec-Fetch-Site. */
  | 'origin';

/**
 * Lets in who has a token or a session, and leaves the principal for those who come after. Tokens that
 * are not known are told so a few times a minute; a good one gets in whatever came before it from its
 * address.
 *
 * @param isOpen requests that need neither
 */
export function requireIdentity(
  { identities, bearers }: { readonly identities: Identities; readonly bearers: Throttle },
  proof: CsrfProof,
  isOpen: (request: Request) => boolean = () => false,
): RequestHandler {
  return async (request, response, next) => {
    if (isOpen(request)) return next();
    const locals = localsOf(response);
    const found = await authenticate(request.headers, identities, asksByItself(request) ? 'page' : 'person');
    if (found.kind === 'missing') throw unauthenticated('send Authorization: Bearer with a token, or log in');
    if (found.kind === 'refused') {
      if (found.of === 'session') throw unauthenticated('the session is over; log in again');
      const attempt = bearers.attempt(addressOf(request));
      if ('retryAfterSeconds' in attempt) throw tooManyAttempts('tokens', attempt.retryAfterSeconds);
      throw unauthenticated('the token is not known here');
    }
    const { session, holder } = found;
    if (session !== null && !readOnly.has(request.method)) demandProof(request, session.csrfToken, proof);
    const { tokenId: _, ...rest } = holder;
    locals.principal = { ...rest, via: session === null ? 'api' : 'browser', address: addressOf(request) };
    locals.session = session;
    locals.stillKnown = async () => {
      const now = await authenticate(request.headers, identities, 'page');
      return now.kind === 'known' && now.holder.tokenId === holder.tokenId;
    };
    next();
  };
}

/** Lets in on whom `need` says so. Behind `requireIdentity`. */
export function requireRole(need: (request: Request) => Need): RequestHandler {
  return (request, response, next) => {
    admitted(localsOf(response).principal, need(request));
    next();
  };
}

/**
 * Whoever was let in, if the role suffices.
 *
 * @throws Refusal `unauthenticated` or `forbidden`
 */
export function admitted(principal: Principal | undefined, need: Need): Principal {
  if (principal === undefined) throw unauthenticated('send Authorization: Bearer with a token, or log in');
  if (!mayAct(principal.role, need)) throw new Refusal('forbidden', `this needs the role ${inWords[need]}`);
  return principal;
}

const inWords: Readonly<Record<Need, string>> = {
  viewer: 'viewer',
  reader: 'moderator, approver or admin',
  moderator: 'moderator',
  approver: 'approver',
  admin: 'admin',
};

/** Where a request comes from. Express takes the last hop of X-Forwarded-For when a proxy on this host sent it. */
export function addressOf(request: Request): string {
  return (request.ip ?? '').replace(/^::ffff:(?=\d+\.)/u, '');
}

function demandProof(request: Request, csrfToken: string, proof: CsrfProof): void {
  if (proof === 'origin') {
    if (isSameOrigin(request.headers)) return;
    throw new Refusal('csrf', 'a browser sent this from another site');
  }
  const given = request.headers['x-csrf-token'];
  if (typeof given !== 'string' || !isSameSecret(given, csrfToken)) {
    throw new Refusal('csrf', 'send X-CSRF-Token with the csrfToken of the session');
  }
}

/** @param of what failed too often, in words */
export function tooManyAttempts(of: string, retryAfterSeconds: number): Refusal {
  const detail = `${of} were refused too often; try again in ${retryAfterSeconds} s`;
  return new Refusal('too_many_attempts', detail, { 'retry-after': String(retryAfterSeconds) });
}

function unauthenticated(words: string): Refusal {
  return new Refusal('unauthenticated', words, { 'www-authenticate': 'Bearer realm="chat-recall"' });
}
