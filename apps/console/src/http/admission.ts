import type { RequestHandler } from 'express';
import { authenticate, type Scheme, type VerifyToken } from '../auth/authenticate.ts';
import { mayAct, type Principal, type Role } from '../auth/roles.ts';
import { isSameOrigin } from '../auth/same-origin.ts';
import { localsOf } from './locals.ts';
import { Refusal } from './problem.ts';

const challenges: Readonly<Record<Scheme, string>> = {
  bearer: 'Bearer realm="chat-recall"',
  basic: 'Basic realm="chat-recall: the token is the password", charset="UTF-8"',
};
const readOnly = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets in who has a token of the role, and leaves the principal for those who come after. */
export function requireToken(verify: VerifyToken, role: Role, schemes: readonly Scheme[]): RequestHandler {
  return async (request, response, next) => {
    const authentication = await authenticate(request.headers.authorization, schemes, verify);
    if (authentication.kind !== 'known') throw unauthenticated(authentication.kind, schemes);
    if (authentication.scheme === 'basic' && !readOnly.has(request.method) && !isSameOrigin(request.headers)) {
      throw new Refusal('forbidden', 'a browser sent this from another site');
    }
    localsOf(response).principal = admitted(authentication.principal, role);
    next();
  };
}

/**
 * Whoever was let in, if the role suffices.
 *
 * @throws Refusal `unauthenticated` or `forbidden`
 */
export function admitted(principal: Principal | undefined, role: Role): Principal {
  if (principal === undefined) throw unauthenticated('missing', ['bearer']);
  if (!mayAct(principal.role, role)) throw new Refusal('forbidden', `this needs the role ${role}`);
  return principal;
}

function unauthenticated(kind: 'missing' | 'refused', schemes: readonly Scheme[]): Refusal {
  const words = kind === 'missing' ? 'send Authorization: Bearer with a token' : 'the token is not known here';
  return new Refusal('unauthenticated', words, { 'www-authenticate': schemes.map((scheme) => challenges[scheme]) });
}
