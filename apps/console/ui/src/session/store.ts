import type { Session } from '@chat-recall/client/types';
import { observable } from '../api/observable.ts';

/** `null`: nobody is logged in. `undefined`: not known yet. */
export const session = observable<Session | null | undefined>(undefined);
/** Set while the log-in dialog stands over the page. */
export const expired = observable(false);

/** Whether there is an app to choose. */
export function severalApps({ settings }: Session): boolean {
  return settings.sdkAppIds.length > 1;
}

let waiting: ((samePerson: boolean) => void)[] = [];

export const sessionStore = {
  current: (): Session | null => session.get() ?? null,
  set(value: Session | null): void {
    session.set(value);
  },
  /** Asks for a new log-in over the page; whether the same principal then logged in. */
  renewed(): Promise<boolean> {
    expired.set(true);
    return new Promise((resolve) => waiting.push(resolve));
  },
  /** Someone has logged in, or given up (null). */
  settle(next: Session | null): void {
    const before = session.get();
    const same =
      next !== null && before?.principal.name === next.principal.name && before.principal.role === next.principal.role;
    session.set(next);
    expired.set(false);
    const told = waiting;
    waiting = [];
    for (const tell of told) tell(same);
  },
};
