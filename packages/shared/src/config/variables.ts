import { z } from 'zod';
import { appsSchema } from './apps-schema.ts';

/** One environment variable: its rule, what stands in `.env.example`, and what it means. */
export interface Variable<T> {
  readonly schema: z.ZodType<T>;
  readonly default: T;
  readonly secret: boolean;
  readonly example: string;
  readonly help: string;
}

interface Options<T> {
  readonly help: string;
  readonly secret?: boolean;
  readonly example?: string;
  readonly fallback: T;
}

function variable<T>(schema: z.ZodType<T>, options: Options<T>): Variable<T> {
  return {
    schema,
    default: options.fallback,
    secret: options.secret ?? false,
    example: options.example ?? (options.fallback === undefined ? '' : String(options.fallback)),
    help: options.help,
  };
}

function whole(min: number, max: number): z.ZodType<number> {
  return z
    .string()
    .regex(/^-?\d+$/u, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `expected a whole number from ${min} to ${max}`);
}

function url(protocols: readonly string[]): z.ZodType<string> {
  const expected = `expected a URL that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`;
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), expected);
}

const flag = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true');
const text = z.string();
const port = whole(0, 65_535);

/** Of a role that the migrations make when they are asked to. */
function rolePassword(process: string): Variable<string | undefined> {
  return variable(optional(z.string().regex(/^[!-~]{12,}$/u, 'expected at least 12 characters, printable ASCII')), {
    fallback: undefined,
    secret: true,
    help: `Lets chat_recall_${process} log in with it, when the migrations run with --roles; read by nothing else.`,
  });
}

function optional<T>(schema: z.ZodType<T>): z.ZodType<T | undefined> {
  return schema.optional();
}

/** Plain http only to this host: what comes from an issuer decides who is let in. */
const issuer = url(['http:', 'https:']).refine((given) => {
  const { protocol, hostname } = new URL(given);
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}, 'expected a URL that begins with https://');

const roleNames = ['viewer', 'moderator', 'approver', 'admin'] as const;

/** `value=role`, separated by commas; the last `=` counts. */
const claimRoles = z.string().transform((given, context) => {
  const pairs: (readonly [value: string, role: (typeof roleNames)[number]])[] = [];
  for (const pair of given.split(',')) {
    const [, value, named] = /^\s*(.+)=(\w+)\s*$/u.exec(pair) ?? [];
    const role = roleNames.find((name) => name === named);
    if (value !== undefined && role !== undefined) pairs.push([value, role]);
    else context.addIssue(`expected VALUE=ROLE, separated by commas, with roles ${roleNames.join(', ')}`);
  }
  return pairs;
});

/**
 * Every variable that the project reads. `.env.example` is checked against this table; each process
 * takes the ones it needs. A secret may also come as NAME_FILE, the path of a file that holds it.
 */
export const variables = {
  DATABASE_URL: variable(optional(url(['postgres:', 'postgresql:'])), {
    fallback: undefined,
    secret: true,
    example: 'postgres://chat_recall:change-me@localhost:5432/chat_recall',
    help: 'Postgres 15 or newer. `npm start`, `demo` and `test` bring their own when it is absent.',
  }),
  DATABASE_POOL_SIZE: variable(whole(2, 200), {
    fallback: 10,
    help: 'Connections of one process to Postgres, 2 to 200.',
  }),
  DATABASE_RECEIVER_PASSWORD: rolePassword('receiver'),
  DATABASE_WORKER_PASSWORD: rolePassword('worker'),
  DATABASE_CONSOLE_PASSWORD: rolePassword('console'),
  REDIS_URL: variable(optional(url(['redis:', 'rediss:'])), {
    fallback: undefined,
    secret: true,
    example: 'redis://localhost:6379',
    help: "BullMQ on Redis, the production default. Absent: BullMQ's Postgres backend on DATABASE_URL.",
  }),
  QUEUE_PREFIX: variable(
    optional(z.string().regex(/^[A-Za-z0-9_:.-]{1,40}$/u, 'expected 1 to 40 letters, digits or _ : . -')),
    {
      fallback: undefined,
      help: "BullMQ's prefix on Redis (default bull), its schema on Postgres (default bullmq).",
    },
  ),
  QUEUE_APPROVAL_ABOVE: variable(whole(0, 1_000_000_000), {
    fallback: 0,
    help: 'Larger recalls that come as queue jobs wait for the approval of a person; 0: none does.',
  }),
  QUEUE_MAX_MESSAGES: variable(optional(whole(1, 1_000_000_000)), {
    fallback: undefined,
    help: 'Largest recall that may come as a queue job, in messages; absent: any size.',
  }),
  TENCENT_SDK_APP_ID: variable(optional(whole(1, 4_294_967_295)), {
    fallback: undefined,
    example: '1400000000',
    help: 'SDKAppID of the app.',
  }),
  TENCENT_APPS: variable(optional(appsSchema), {
    fallback: undefined,
    secret: true,
    help: 'Several apps instead of one: a JSON array, see docs/operations.md. Best as TENCENT_APPS_FILE.',
  }),
  TENCENT_SECRET_KEY: variable(optional(text), {
    fallback: undefined,
    secret: true,
    help: 'Secret key of the app; signs the UserSig.',
  }),
  TENCENT_ADMIN: variable(text, {
    fallback: 'administrator',
    help: 'Identifier of an app administrator; the calls are made in its name.',
  }),
  TENCENT_API_URL: variable(url(['http:', 'https:']), {
    fallback: 'https://console.tim.qq.com',
    help: "Base URL of the REST API, the host of the app's region.",
  }),
  TENCENT_CALLS_PER_SECOND: variable(whole(1, 190), {
    fallback: 180,
    help: 'Recall calls a second for the app, over all processes, 1 to 190.',
  }),
  TENCENT_HISTORY_CALLS_PER_SECOND: variable(whole(0, 190), {
    fallback: 100,
    help: 'Calls a second for reading history, over all processes, 0 to 190; 0: what the index lacks is only shown.',
  }),
  TENCENT_SEND_REASON: variable(flag, {
    fallback: false,
    help: "Whether a recall's reason goes out as Reason.",
  }),
  TENCENT_ROAMING_DAYS: variable(whole(1, 3_650), {
    fallback: 7,
    help: "Days of the app's message roaming; plans warn of messages that are older.",
  }),
  TENCENT_TIMEOUT_MS: variable(whole(3_100, 10_000), {
    fallback: 5_000,
    help: 'How long an answer may take, ms; the platform itself takes up to 3 s, and a worker stops within 15 s.',
  }),
  WEBHOOK_HOST: variable(text, { fallback: '0.0.0.0', help: 'Where the receiver listens.' }),
  WEBHOOK_PORT: variable(port, { fallback: 8080, help: 'Port of the receiver.' }),
  WEBHOOK_PATH: variable(
    z.string().regex(/^\/[^\s!$&?#]*$/u, 'expected a path that begins with / and has no space, !, $, &, ?, #'),
    {
      fallback: '/callback',
      help: 'Path of the callback URL; put a secret segment here.',
    },
  ),
  WEBHOOK_TOKEN: variable(optional(text), {
    fallback: undefined,
    secret: true,
    help: 'Callback authentication token; several, separated by commas, while rotating.',
  }),
  WEBHOOK_ALLOW_UNSIGNED: variable(flag, {
    fallback: false,
    help: 'Accept callbacks without a signature when there is no token. For tests only.',
  }),
  WEBHOOK_KEEP_RAW: variable(flag, {
    fallback: true,
    help: 'Keep the body of each callback as it came, beside the indexed text.',
  }),
  INDEX_TEXT: variable<'full' | 'pieces' | 'none'>(
    z.enum(['full', 'pieces', 'none'], 'expected full, pieces or none'),
    {
      fallback: 'full',
      help: 'What of the texts is kept: all, keyed hashes of two-character pieces, or nothing. The same in all processes.',
    },
  ),
  INDEX_TEXT_KEY: variable(optional(z.string().min(32, 'expected at least 32 characters')), {
    fallback: undefined,
    secret: true,
    help: 'Keys the hashes of INDEX_TEXT=pieces, 32 characters or more. Another key does not find what the old one kept.',
  }),
  WEBHOOK_SPOOL_DIR: variable(optional(text), {
    fallback: undefined,
    help: 'A folder of this receiver alone, where callbacks wait while Postgres is away; absent: they are refused.',
  }),
  WEBHOOK_SPOOL_MAX_MB: variable(whole(1, 1_000_000), {
    fallback: 1_024,
    help: 'What may wait there, MB; beyond it callbacks are refused with 503.',
  }),
  CONSOLE_HOST: variable(text, { fallback: '127.0.0.1', help: 'Where the console listens.' }),
  CONSOLE_PORT: variable(port, { fallback: 8081, help: 'Port of the console.' }),
  CONSOLE_ADMIN_TOKEN: variable(
    // It travels in a header.
    optional(z.string().regex(/^[!-~]{16,}$/u, 'expected at least 16 characters, printable ASCII without spaces')),
    {
      fallback: undefined,
      secret: true,
      help: 'Bearer token with the role admin, 16 characters or more.',
    },
  ),
  CONSOLE_URL: variable(optional(url(['http:', 'https:'])), {
    fallback: undefined,
    help: 'Address under which people reach the console; the provider of identities sends them back there.',
  }),
  OIDC_ISSUER: variable(optional(issuer), {
    fallback: undefined,
    help: 'Issuer of OpenID Connect by which people log in to the console, beside tokens; absent: with tokens alone.',
  }),
  OIDC_CLIENT_ID: variable(optional(text), {
    fallback: undefined,
    help: 'The console as the issuer knows it. Its redirect URI is CONSOLE_URL with the path /log-in/oidc/callback.',
  }),
  OIDC_CLIENT_SECRET: variable(optional(text), {
    fallback: undefined,
    secret: true,
    help: 'Its secret; absent: a public client.',
  }),
  OIDC_SCOPE: variable(z.string().regex(/^(?=.*\bopenid\b)[!-~]+( [!-~]+)*$/u, 'expected scopes, openid among them'), {
    fallback: 'openid email',
    help: 'Scopes to ask for, separated by spaces.',
  }),
  OIDC_ROLE_CLAIM: variable(text, {
    fallback: 'groups',
    help: 'Claim that tells what somebody may do: its name, or the path to it, as realm_access.roles.',
  }),
  OIDC_ROLES: variable(optional(claimRoles), {
    fallback: undefined,
    example: 'recall-admins=admin,recall-moderators=moderator',
    help: 'Which role a value of the claim gives; the first that somebody has counts, nobody gets in without.',
  }),
  RECALL_APPROVAL_ABOVE: variable(whole(0, 1_000_000_000), {
    fallback: 1_000,
    help: "A moderator's larger recalls wait for the approval of another person; 0: none does.",
  }),
  RECALL_VERIFY: variable<'none' | 'unconfirmed' | 'all'>(
    z.enum(['none', 'unconfirmed', 'all'], 'expected none, unconfirmed or all'),
    {
      fallback: 'unconfirmed',
      help: 'What history is asked about after a recall: what no callback confirmed in 5 minutes, all, or none.',
    },
  ),
  RECALL_VERIFY_SENDERS_ABOVE: variable(whole(0, 1_000_000_000), {
    fallback: 0,
    help: 'Larger recalls have the senders of their messages compared with history first; 0: only where asked.',
  }),
  WORKER_HOST: variable(text, { fallback: '127.0.0.1', help: "Where the worker's health and metrics listen." }),
  WORKER_PORT: variable(port, { fallback: 8082, help: 'Port for health and metrics of the worker.' }),
  WORKER_CONCURRENCY: variable(whole(1, 500), {
    fallback: 50,
    help: 'Batches that one worker process has in hand at once, 1 to 500.',
  }),
  WORKER_BACKFILL_AT_ONCE: variable(whole(1, 32), {
    fallback: 1,
    help: 'Conversations that one worker process reads at once in a backfill; each may be a page asked again after a kill.',
  }),
  MESSAGE_RETENTION_DAYS: variable(whole(1, 3_650), {
    fallback: 90,
    help: "Days that messages stay in the index; follow the app's roaming period.",
  }),
  COMPLETION_WEBHOOK_URL: variable(optional(url(['http:', 'https:'])), {
    fallback: undefined,
    secret: true,
    help: 'Told by the worker, signed (Standard Webhooks), whenever a recall has ended; absent: nobody is.',
  }),
  COMPLETION_WEBHOOK_SECRET: variable(
    optional(z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/u, 'expected whsec_ and 24 bytes or more in base64')),
    {
      fallback: undefined,
      secret: true,
      help: 'Signs what the completion webhook is told: whsec_ and 24 to 64 random bytes in base64.',
    },
  ),
  EVIDENCE_RETENTION_DAYS: variable(whole(1, 3_650), {
    fallback: 180,
    help: 'Days that what was recalled stays readable for an appeal.',
  }),
  RECALL_RETENTION_DAYS: variable(whole(1, 3_650), {
    fallback: 400,
    help: 'Days that the outcomes and attempts of an ended recall are kept; its counts stay.',
  }),
  METRICS_HOST: variable(text, { fallback: '127.0.0.1', help: "Where the receiver's metrics listen." }),
  METRICS_PORT: variable(optional(port), {
    fallback: undefined,
    help: "Port of the receiver's metrics; absent: none.",
  }),
  LOG_LEVEL: variable(
    z.enum(
      ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
      'expected fatal, error, warn, info, debug, trace or silent',
    ),
    { fallback: 'info', help: 'How much is logged.' },
  ),
} as const;

export type VariableName = keyof typeof variables;

/** What a variable is once it is read. */
export type ValueOf<N extends VariableName> = z.output<(typeof variables)[N]['schema']>;

/** Names that begin so and are not in the table are probably misspelt. */
export const prefixes = [
  'TENCENT_',
  'WEBHOOK_',
  'CONSOLE_',
  'WORKER_',
  'METRICS_',
  'QUEUE_',
  'MESSAGE_',
  'DATABASE_',
  'RECALL_',
  'EVIDENCE_',
  'INDEX_',
  'COMPLETION_',
  'OIDC_',
] as const;
