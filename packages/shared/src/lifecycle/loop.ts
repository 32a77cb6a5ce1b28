/** Work that repeats in the background: one run at a time, sooner when kicked, drained at the end. */
export interface Loop {
  /** Runs again as soon as the present run (if any) is over; resolves when such a run has ended. */
  kick(): Promise<void>;
  /** No run begins any more; resolves when the present one has ended. */
  stop(): Promise<void>;
}

/**
 * Repeats `work` every `everyMs` (counted from the end of a run). Errors go to `onError` and do not end
 * the loop.
 */
export function startLoop(everyMs: number, work: () => Promise<unknown>, onError: (error: unknown) => void): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    clearTimeout(timer);
    try {
      await work();
    } catch (error) {
      onError(error);
    }
    current = undefined;
    if (!stopped && next === undefined) timer = setTimeout(() => void begin(), everyMs);
  }
  function begin(): Promise<void> {
    current = run();
    return current;
  }
  function kick(): Promise<void> {
    if (stopped) return Promise.resolve();
    if (current === undefined) return begin();
    next ??= current.then(() => {
      next = undefined;
      return stopped ? undefined : begin();
    });
    return next;
  }
  timer = setTimeout(() => void begin(), 0);
  return {
    kick,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
