import { readFileSync } from 'node:fs';

export interface ProcessConfig {
  readonly host: string;
  readonly port: number;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly webhookUrl: string | undefined;
  readonly webhookToken: string | undefined;
  readonly adminToken: string | undefined;
  readonly trafficPerSecond: number;
}

const prefix = 'STANDIN_';
const plain = ['HOST', 'PORT', 'SDK_APP_ID', 'WEBHOOK_URL', 'TRAFFIC_PER_SECOND'];
const secret = ['SECRET_KEY', 'WEBHOOK_TOKEN', 'ADMIN_TOKEN'];
const known = new Set([...plain, ...secret, ...secret.map((name) => `${name}_FILE`)].map((name) => prefix + name));

/** The configuration, or every problem at once; `warnings` are names that look like typos. */
export type ReadConfig = { readonly warnings: string[] } & (
  | { readonly config: ProcessConfig }
  | { readonly problems: string[] }
);

/** Reads the process's configuration; problems and warnings begin with the variable's name. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ReadConfig {
  const problems: string[] = [];
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !known.has(name))
    .map((name) => `${name} is not known: a typo?`);

  const text = (name: string): string | undefined => env[prefix + name] || undefined;
  const secretText = (name: string): string | undefined => {
    const file = text(`${name}_FILE`);
    if (!file) return text(name);
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      problems.push(`${prefix}${name}_FILE cannot be read`);
      return undefined;
    }
  };
  const number = (name: string, from: number, to: number, fallback?: number): number => {
    const value = text(name) === undefined ? fallback : Number(text(name));
    if (value !== undefined && Number.isInteger(value) && value >= from && value <= to) return value;
    problems.push(`${prefix}${name} must be a whole number from ${from} to ${to}`);
    return from;
  };

  const config: ProcessConfig = {
    host: text('HOST') ?? '127.0.0.1',
    port: number('PORT', 0, 65_535, 8090),
    sdkAppId: number('SDK_APP_ID', 1, 2 ** 32 - 1),
    secretKey: secretText('SECRET_KEY') ?? '',
    webhookUrl: text('WEBHOOK_URL'),
    webhookToken: secretText('WEBHOOK_TOKEN'),
    adminToken: secretText('ADMIN_TOKEN'),
    trafficPerSecond: number('TRAFFIC_PER_SECOND', 0, 10_000, 0),
  };
  if (!config.secretKey) problems.push(`${prefix}SECRET_KEY is missing`);
  if (config.webhookUrl && !isCallbackUrl(config.webhookUrl)) {
    problems.push(`${prefix}WEBHOOK_URL must be http(s)://host/path without a query`);
  }
  return problems.length > 0 ? { warnings, problems } : { warnings, config };
}

function isCallbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, search } = new URL(text);
  return /^https?:$/.test(protocol) && search === '';
}
