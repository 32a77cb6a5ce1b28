import type { LedgerCall } from '@chat-recall/simulator';
import { callKey, type SeenCall } from '../parts/seen-calls.ts';

/** Two processes tell the time, ms. */
const slackMs = 20;

/** When each call left its worker; of one that no proxy saw whole, when it arrived. */
export function departures(calls: readonly LedgerCall[], seen: readonly SeenCall[]): ReadonlyMap<LedgerCall, number> {
  const waiting = new Map<string, SeenCall[]>();
  for (const one of seen) waiting.set(one.key, [...(waiting.get(one.key) ?? []), one]);
  return new Map(
    calls.map((call) => {
      const candidates = waiting.get(callKey(call.reason, call.topicId ?? call.groupId ?? '', call.sequences)) ?? [];
      // The last one that had begun to go on by then: earlier ones may have been lost behind the proxy.
      const at = candidates.findLastIndex(({ forwardedAt }) => forwardedAt <= call.at + slackMs);
      const [departure] = at < 0 ? [] : candidates.splice(at, 1);
      return [call, departure?.leftAt ?? call.at];
    }),
  );
}
