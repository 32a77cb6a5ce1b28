import * as oidc from 'openid-client';
import type { Attempt } from './attempt.ts';
import { claimAt, type Claims } from './person.ts';
import type { OidcSettings } from './settings.ts';

/** How long the provider may take to answer, s. */
const timeoutSeconds = 10;

/** The provider of identities, as far as a log-in needs it. */
export interface Provider {
  /** Where to send the browser. Rejects when the provider does not answer, or is another issuer than configured. */
  authorizationUrl(attempt: Attempt): Promise<URL>;
  /**
   * What it says of whoever came back: code, state, nonce, issuer, audience, time and signature are checked.
   *
   * @param search of the URL that the browser came back to
   */
  claims(search: string, attempt: Attempt): Promise<Claims>;
}

/** Asks for the provider's settings at the first log-in, and until they were got: the console starts without it. */
export function createProvider(settings: OidcSettings): Provider {
  const { issuer, clientId, clientSecret, redirectUrl, scope, roleClaim } = settings;
  let discovered: Promise<oidc.Configuration> | null = null;

  function discover(): Promise<oidc.Configuration> {
    discovered ??= oidc
      .discovery(issuer, clientId, undefined, clientSecret === undefined ? oidc.None() : bySecret(clientSecret), {
        timeout: timeoutSeconds,
        execute: [
          // Without it the signature counts for nothing where the ID token came over TLS from the provider itself.
          oidc.enableNonRepudiationChecks,
          // The settings take plain http for this host alone.
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        discovered = null;
        throw error;
      });
    return discovered;
  }

  return {
    async authorizationUrl({ state, nonce, verifier }) {
      return oidc.buildAuthorizationUrl(await discover(), {
        redirect_uri: redirectUrl.href,
        scope,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
    },
    async claims(search, { state, nonce, verifier }) {
      const provider = await discover();
      const cameTo = new URL(redirectUrl);
      cameTo.search = search;
      const tokens = await oidc.authorizationCodeGrant(provider, cameTo, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('the provider sent no ID token');
      // Some providers tell groups, or the address, only when they are asked.
      const complete = claimAt(claims, roleClaim) !== undefined && claims['email'] !== undefined;
      if (complete || provider.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await oidc.fetchUserInfo(provider, tokens.access_token, claims.sub)), ...claims };
    },
  };
}

/** In the header, as OpenID Connect has it unless said otherwise; in the body where the provider takes nothing else. */
function bySecret(clientSecret: string): oidc.ClientAuth {
  const [basic, post] = [oidc.ClientSecretBasic(clientSecret), oidc.ClientSecretPost(clientSecret)];
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    return (methods.includes('client_secret_basic') ? basic : post)(server, ...rest);
  };
}

/** Whether the provider itself refused, as when somebody does not want to log in after all. */
export function isDenied(error: unknown): boolean {
  return error instanceof oidc.AuthorizationResponseError;
}
