import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** Between two tries, ms. */
const everyMs = 20;

type Truthy<T> = Exclude<Awaited<T>, false | null | undefined | 0 | ''>;

/**
 * Tries until `attempt` gives something truthy, and gives that back: the one way in which a test waits
 * for what does not announce itself. An attempt that throws counts as "not yet".
 *
 * @throws Error after `timeoutMs` (default 10,000), with what the last try gave or threw
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  { timeoutMs = 10_000, what = 'the condition' }: { timeoutMs?: number; what?: string } = {},
): Promise<Truthy<T>> {
  const end = new AbortController();
  const timeIsUp = delay(timeoutMs, 'up' as const, { signal: end.signal }).catch(() => 'up' as const);
  let last = 'the first try did not come to an end';
  let cause: unknown;
  try {
    for (;;) {
      const tried = await Promise.race([timeIsUp, tryOnce(attempt)]);
      if (tried === 'up') break;
      if ('value' in tried && tried.value) return tried.value as Truthy<T>;
      cause = 'error' in tried ? tried.error : undefined;
      last = 'error' in tried ? String(tried.error) : `the last try gave ${inspect(tried.value)}`;
      if ((await Promise.race([timeIsUp, delay(everyMs)])) === 'up') break;
    }
  } finally {
    end.abort();
  }
  throw new Error(`${what} did not come true within ${timeoutMs} ms: ${last}`, { cause });
}

async function tryOnce<T>(attempt: () => T | Promise<T>): Promise<{ value: Awaited<T> } | { error: unknown }> {
  try {
    return { value: await attempt() };
  } catch (error) {
    return { error };
  }
}
