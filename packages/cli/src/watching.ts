/** How a watch came to its end: with what it was for, or before. */
export type Watched<T> =
  | { readonly kind: 'ended'; readonly value: T }
  | { readonly kind: 'time' }
  | { readonly kind: 'interrupt' };

/**
 * Runs a watch under a signal that Ctrl-C ends, or the time.
 *
 * @param timeoutMs undefined: as long as it takes
 */
export async function watching<T>(
  timeoutMs: number | undefined,
  watch: (signal: AbortSignal) => Promise<T>,
): Promise<Watched<T>> {
  const end = new AbortController();
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => end.abort('time'), timeoutMs);
  const interrupt = (): void => end.abort('interrupt');
  process.once('SIGINT', interrupt);
  try {
    return { kind: 'ended', value: await watch(end.signal) };
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return { kind: end.signal.reason as 'time' | 'interrupt' };
  } finally {
    clearTimeout(timer);
    process.removeListener('SIGINT', interrupt);
  }
}
