import type { Identities } from './auth/identities.ts';
import type { Throttle } from './auth/throttle.ts';
import type { AppSettings } from '@chat-recall/shared/config';
import type { Db, Pool } from '@chat-recall/shared/db';
import type { Log } from '@chat-recall/shared/log';
import type { Check, Registry } from '@chat-recall/shared/metrics';
import type { TextPolicy } from '@chat-recall/shared/messages';
import type { Queue } from '@chat-recall/shared/queue';

/** One app, as far as pages and handlers need it. */
export type ServedApp = Pick<AppSettings, 'sdkAppId' | 'callsPerSecond' | 'roamingDays'>;

/** What the handlers work with. */
export interface ConsoleParts {
  /** All apps that are served, the first of them where none is asked for. */
  readonly apps: readonly ServedApp[];
  /** The app that is asked for. */
  readonly appId: number;
  /** Configured recall calls a second. */
  readonly callsPerSecond: number;
  /** Older messages can probably not be recalled. */
  readonly roamingDays: number;
  /** What the index keeps of texts, and how keywords are looked for in it. */
  readonly text: TextPolicy;
  /** Larger recalls of moderators wait for another person; null: none does. */
  readonly approveAbove: number | null;
  /** The time for tokens, sessions and log-ins, ms. */
  readonly now: () => number;
  readonly identities: Identities;
  /** The provider of identities, as the log-in page names it; null: people log in with tokens alone. */
  readonly logInProvider: { readonly name: string; readonly path: string } | null;
  readonly logIns: Throttle;
  /** Of bearer tokens that are not known. */
  readonly bearers: Throttle;
  /** Short reads by key, and writes. */
  readonly db: Db;
  /** The same, for what writes rows in lists. */
  readonly pool: Pool;
  /** Searches and lists: a pool of their own, and a statement that takes too long is ended. */
  readonly reads: Db;
  /** `recall-jobs`. */
  readonly jobs: Queue;
  readonly log: Log;
  readonly registry: Registry;
  /** What must answer for the console to be ready. */
  readonly checks: Readonly<Record<string, Check>>;
  /** The OpenAPI document of what is mounted. */
  readonly document: object;
}
