import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort } from '@chat-recall/testkit';
import OidcProvider, { type AccountClaims, type JWK } from 'oidc-provider';

export const clientId = 'chat-recall-console';
export const clientSecret = 'a-client-secret-of-the-tests';

/** A provider of identities on this host, as a company has one. */
export interface ProviderAtWork {
  readonly issuer: string;
  /** Variables of a console that takes log-ins from it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the console of `environment` will stand. */
  readonly consoleUrl: string;
  /** With which it signs, as RS256. */
  readonly key: KeyObject;
  close(): Promise<void>;
}

/** People by subject, with what the provider says of them. */
export const people: Readonly<Record<string, Omit<AccountClaims, 'sub'>>> = {
  mira: { email: 'Mira@Example.com', email_verified: true, groups: ['everybody', 'recall-moderators'] },
  ada: { email: 'ada@example.com', email_verified: true, groups: ['recall-moderators', 'recall-admins'] },
  noor: { email: 'noor@example.com', email_verified: true, groups: ['everybody'] },
  nobody: { email: 'nobody@example.com', email_verified: true },
  liar: { email: 'ada@example.com', email_verified: false, groups: 'recall-moderators' },
  admin: { groups: ['recall-moderators'] },
};

/**
 * Starts one whose page asks for a subject and believes it.
 *
 * @param idTokenFor what it hands out for an ID token that it has made
 */
export async function startProvider(idTokenFor: (made: string) => string = (made) => made): Promise<ProviderAtWork> {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const [port, consolePort] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${port}`;
  const consoleUrl = `http://127.0.0.1:${consolePort}`;
  const provider = new OidcProvider(issuer, {
    clients: [
      { client_id: clientId, client_secret: clientSecret, redirect_uris: [`${consoleUrl}/log-in/oidc/callback`] },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
    cookies: { keys: ['a-key-of-the-tests'] },
    jwks: { keys: [jwkOf(key)] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new provider.Grant({
        clientId: String(oidc.client?.clientId),
        accountId: String(oidc.session?.accountId),
      });
      grant.addOIDCScope('openid email groups');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    await next();
    const answer = context.body as { id_token?: string } | undefined;
    if (context.path === '/token' && answer?.id_token !== undefined)
      context.body = { ...answer, id_token: idTokenFor(answer.id_token) };
  });
  const rest = provider.callback();
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/interaction/') === true) void interact(provider, request, response);
    else void rest(request, response);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer,
    consoleUrl,
    key,
    environment: {
      CONSOLE_PORT: String(consolePort),
      CONSOLE_URL: consoleUrl,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_SCOPE: 'openid email groups',
      OIDC_ROLES: 'recall-admins=admin, recall-moderators=moderator',
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function jwkOf(key: KeyObject): JWK {
  return { ...(key.export({ format: 'jwk' }) as JWK), kid: 'of-the-tests', use: 'sig', alg: 'RS256' };
}

const page = `<!doctype html><html lang="en"><title>Provider</title><h1>Provider</h1>
<form method="post"><label>Who <input name="who"></label><button>Go on</button></form>`;

async function interact(provider: OidcProvider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html').end(page);
    return;
  }
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const who = new URLSearchParams(body).get('who') ?? '';
  const result =
    who === '' ? { error: 'access_denied', error_description: 'somebody went away' } : { login: { accountId: who } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** A browser that keeps cookies by origin, and goes step by step. */
export class Traveller {
  readonly jar = new Map<string, Map<string, string>>();

  /** Asks once; `location` is where the answer sends the browser to. */
  async step(url: string, init: RequestInit = {}): Promise<{ response: Response; location: string | null }> {
    const { origin } = new URL(url);
    const cookies = this.jar.get(origin) ?? new Map<string, string>();
    this.jar.set(origin, cookies);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(init.headers as Record<string, string> | undefined), ...(cookie === '' ? {} : { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
      if (name === undefined || value === undefined) continue;
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const to = response.headers.get('location');
    return { response, location: to === null ? null : new URL(to, url).href };
  }

  /** From the console's door through the provider's page to the URL with which it sends the browser back. */
  async toCallback(begin: string, who: string): Promise<string> {
    let url = begin;
    for (;;) {
      const { location } = await this.step(url);
      if (location !== null && new URL(location).pathname === '/log-in/oidc/callback') return location;
      if (location !== null) {
        url = location;
        continue;
      }
      const posted = await this.step(url, { method: 'POST', body: new URLSearchParams({ who }) });
      if (posted.location === null) throw new Error(`the provider's page leads nowhere: ${posted.response.status}`);
      url = posted.location;
    }
  }

  /** A whole log-in. */
  async logIn(consoleUrl: string, who: string, to = '/'): Promise<{ response: Response; location: string | null }> {
    return this.step(await this.toCallback(`${consoleUrl}/log-in/oidc?to=${encodeURIComponent(to)}`, who));
  }
}
