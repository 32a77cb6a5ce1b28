import { callbacks, type CallbackBody } from '../webhook/callbacks.ts';
import { authenticate, type Account } from './authenticate.ts';
import { createSlidingSecond } from './frequency.ts';
import { routes, type Route } from './routes.ts';

export interface Arrival {
  /** Milliseconds, never going back. */
  readonly at: number;
  /** The clock's Unix milliseconds. */
  readonly now: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

export type Admission = { readonly route: Route; readonly identifier: string } | { readonly code: number };

const alarmShare = 0.8;
const alarmEveryMs = 60_000;

/**
 * The door of the REST API: route, signature, frequency, in this order and before the body is read. Limits count per
 * command and over any sliding second, and a refused call counts as well, so that hammering on never gets through.
 * Past 80 % of a limit `Alert.RequestOverLimit` fires, here once a minute; how often it really does is not documented.
 */
export function createAdmission(
  account: Account,
  callsPerSecond: number,
  notify: (callback: CallbackBody) => void,
): (arrival: Arrival) => Admission {
  const gates = new Map(
    routes.map((route) => [
      `/v4/${route.service}/${route.command}`,
      { route, limit: route.callsPerSecond ?? callsPerSecond, second: createSlidingSecond(), alarmAt: -Infinity },
    ]),
  );
  return ({ at, now, method, path, query }) => {
    const gate = gates.get(path);
    if (!gate) return { code: 60009 };
    if (method !== 'POST') return { code: 60002 };
    const caller = authenticate(query, account, now / 1000);
    if ('code' in caller) return caller;
    const { route, limit } = gate;
    const requests = gate.second.count(at);
    // A limit of a call or two would alarm on every call.
    if (limit >= 10 && requests > alarmShare * limit && at - gate.alarmAt >= alarmEveryMs) {
      gate.alarmAt = at;
      notify(callbacks.requestOverLimit({ service: route.service, command: route.command, requests, limit }));
    }
    return requests > limit ? { code: 60007 } : { route, identifier: caller.identifier };
  };
}
