import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import type { Request, RequestHandler, Response } from 'express';
import { cameSecurely, sessionCookieWith, sessionSecretIn } from '../auth/cookies.ts';
import { actorOf, anonymous } from '../auth/roles.ts';
import { isSameSecret } from '../auth/same-secret.ts';
import { addressOf } from '../http/admission.ts';
import { localsOf } from '../http/locals.ts';
import type { ConsoleParts } from '../parts.ts';
import { attemptCookieWith, attemptIn, beginAttempt, isOver, pathWithin } from './attempt.ts';
import { holderOf, personOf, type Claims } from './person.ts';
import { isDenied, type Provider } from './provider.ts';
import { beginPath, callbackPath, standingOf, type OidcSettings } from './settings.ts';

/** Why a log-in came to nothing; the page has words for each. */
export type LogInFailure = 'expired' | 'denied' | 'no_role' | 'provider' | 'busy';

/** What logging in by a provider works with. */
export interface OidcParts extends Pick<ConsoleParts, 'db' | 'identities' | 'logIns' | 'log' | 'now'> {
  readonly settings: OidcSettings;
  readonly provider: Provider;
}

/** Sends the browser to the provider. It changes nothing: the session that the browser has ends when another begins. */
export function beginLogIn(parts: OidcParts): RequestHandler {
  const { identities, provider, now, log } = parts;
  return async (request, response) => {
    localsOf(response).route = beginPath;
    const secret = sessionSecretIn(request.headers);
    const former = secret === null ? null : await identities.bySession(secret, 'page');
    const { attempt, value } = beginAttempt(now(), pathWithin(queryOf(request).get('to')), former?.hash ?? null);
    let url: URL;
    try {
      url = await provider.authorizationUrl(attempt);
    } catch (err) {
      log.error({ err }, 'the provider of identities does not answer, or not as the issuer that is configured');
      return goTo(response, failed('provider'));
    }
    goTo(response, url.href, [attemptCookieWith(value, cameSecurely(request.headers))]);
  };
}

/** Takes the browser back: judges what it brings, and begins a session. */
export function finishLogIn(parts: OidcParts): RequestHandler {
  const { db, identities, logIns, settings, now } = parts;
  return async (request, response) => {
    localsOf(response).route = callbackPath;
    const secure = cameSecurely(request.headers);
    const asker = { ...actorOf({ ...anonymous, address: addressOf(request) }), via: 'browser' as const };
    const done = attemptCookieWith('', secure);
    const counted = logIns.attempt(asker.address);
    if ('retryAfterSeconds' in counted) return goTo(response, failed('busy'), [done]);
    const refuse = async (cause: LogInFailure, who: Partial<typeof asker> = {}): Promise<void> => {
      await appendAudit(db, { ...asker, ...who }, { action: 'session.refused', details: { by: 'oidc', cause } });
      goTo(response, failed(cause), [done]);
    };

    const attempt = attemptIn(request.headers);
    const state = queryOf(request).get('state') ?? '';
    if (attempt === null || isOver(attempt, now()) || !isSameSecret(state, attempt.state)) return refuse('expired');
    const claims = await claimsOf(request, parts, attempt);
    if (typeof claims === 'string') return refuse(claims);
    const holder = holderOf(claims, settings);
    if (holder === null) return refuse('no_role', { name: personOf(claims), person: personOf(claims) });

    counted.succeeded();
    const { name, person, role } = holder;
    const { former } = attempt;
    const { secret } = await inTransaction(db, async (trx) => {
      if (former !== null) await identities.end(trx, { hash: former });
      const begun = await identities.begin(trx, { by: 'provider', holder, under: standingOf(settings) });
      await appendAudit(trx, { ...asker, name, person, role }, { action: 'session.create', details: { by: 'oidc' } });
      return begun;
    });
    goTo(response, attempt.to, [done, sessionCookieWith(secret, secure)]);
  };
}

async function claimsOf(
  request: Request,
  { provider, log }: OidcParts,
  attempt: Parameters<Provider['claims']>[1],
): Promise<Claims | 'denied' | 'provider'> {
  try {
    return await provider.claims(queryOf(request).toString(), attempt);
  } catch (error) {
    if (isDenied(error)) return 'denied';
    // The answer itself may hold tokens: what went wrong is told by name, code and words.
    const { name, message, code } = error as Error & { code?: unknown };
    log.error({ name, message, code }, 'what the provider of identities answered was not accepted');
    return 'provider';
  }
}

function queryOf(request: Request): URLSearchParams {
  const at = request.url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : request.url.slice(at + 1));
}

function failed(cause: LogInFailure): string {
  return `/?logIn=${cause}`;
}

function goTo(response: Response, location: string, cookies: readonly string[] = []): void {
  if (cookies.length > 0) response.setHeader('set-cookie', [...cookies]);
  response.writeHead(303, { location }).end();
}
