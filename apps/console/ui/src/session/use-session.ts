import type { Session } from '@chat-recall/client/types';
import { useObservable } from '../api/observable.ts';
import type { Role } from '../api/types.ts';
import { session } from './store.ts';

/** Whoever is logged in; only below `Gate`. */
export function useSession(): Session {
  const current = useObservable(session);
  if (current === null || current === undefined) throw new Error('nobody is logged in');
  return current;
}

export interface May {
  /** Make and run recalls. */
  readonly recall: boolean;
  readonly approve: boolean;
  readonly administer: boolean;
  readonly readAudit: boolean;
  /** See the queue UI; acting in it is for admins. */
  readonly seeQueues: boolean;
  /** Look for words and see texts. */
  readonly readText: boolean;
}

const can: Readonly<Record<Role, May>> = {
  viewer: { recall: false, approve: false, administer: false, readAudit: false, seeQueues: false, readText: false },
  moderator: { recall: true, approve: false, administer: false, readAudit: false, seeQueues: true, readText: true },
  approver: { recall: false, approve: true, administer: false, readAudit: true, seeQueues: false, readText: true },
  admin: { recall: true, approve: true, administer: true, readAudit: true, seeQueues: true, readText: true },
};

/** What the page offers; the API judges for itself. */
export function useMay(): May {
  return can[useSession().principal.role];
}
