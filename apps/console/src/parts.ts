import type { Db } from '@chat-recall/shared/db';
import type { Log } from '@chat-recall/shared/log';
import type { Check, Registry } from '@chat-recall/shared/metrics';
import type { Queue } from '@chat-recall/shared/queue';

/** What the handlers work with. */
export interface ConsoleParts {
  /** The app whose messages and recalls are served. */
  readonly appId: number;
  /** Short reads by key, and writes. */
  readonly db: Db;
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
