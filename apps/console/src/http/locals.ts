import type { Response } from 'express';
import type { Session } from '@chat-recall/shared/access';
import type { Principal } from '../auth/roles.ts';

/** What the steps of one request leave for those after them. */
export interface Locals {
  readonly requestId: string;
  principal?: Principal;
  /** null: no session, but a token. */
  session?: Session | null;
  /** Whether whoever was let in would be let in now, too: the token or session may be over. */
  stillKnown?: () => Promise<boolean>;
  /** The route's path as in the table, for log and metrics: no id, no query. */
  route?: string;
}

export function localsOf(response: Response): Locals {
  return response.locals as Locals;
}
