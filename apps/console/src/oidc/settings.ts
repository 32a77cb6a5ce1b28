import type { Config, VariableName } from '@chat-recall/shared/config';
import type { Role } from '../auth/roles.ts';

/** The variables of logging in by a provider of identities. */
export const oidcVariables = [
  'CONSOLE_URL',
  'OIDC_ISSUER',
  'OIDC_CLIENT_ID',
  'OIDC_CLIENT_SECRET',
  'OIDC_SCOPE',
  'OIDC_ROLE_CLAIM',
  'OIDC_ROLES',
] as const satisfies readonly VariableName[];

export type OidcConfig = Config<(typeof oidcVariables)[number]>;

/** The provider, as it is configured. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  /** undefined: a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
  readonly roleClaim: string;
  /** Which role a value of the claim stands for; the first that somebody has counts. */
  readonly roles: readonly (readonly [value: string, role: Role])[];
  /** Where the provider sends the browser back to. */
  readonly redirectUrl: URL;
}

/** Where a log-in begins, and where it comes back to. */
export const beginPath = '/log-in/oidc';
export const callbackPath = '/log-in/oidc/callback';

/** null: nobody logs in by a provider. Behind `judgeOidc`. */
export function oidcOf(config: OidcConfig): OidcSettings | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_ROLES: roles, CONSOLE_URL: url } = config;
  if (issuer === undefined || clientId === undefined || roles === undefined || url === undefined) return null;
  return {
    issuer: new URL(issuer),
    clientId,
    clientSecret: config.OIDC_CLIENT_SECRET,
    scope: config.OIDC_SCOPE,
    roleClaim: config.OIDC_ROLE_CLAIM,
    roles,
    redirectUrl: new URL(callbackPath, url),
  };
}

/** Settings that do not go together. */
export function judgeOidc(config: OidcConfig): readonly string[] {
  const needed = ['OIDC_CLIENT_ID', 'OIDC_ROLES', 'CONSOLE_URL'] as const;
  if (config.OIDC_ISSUER === undefined) return [];
  return needed.filter((name) => config[name] === undefined).map((name) => `${name}: must be set with OIDC_ISSUER`);
}

/** What sessions stand under: when any of it changes, whoever logged in logs in anew. */
export function standingOf({ issuer, clientId, roleClaim, roles }: OidcSettings): string {
  return JSON.stringify(['oidc', issuer.href, clientId, roleClaim, roles]);
}
