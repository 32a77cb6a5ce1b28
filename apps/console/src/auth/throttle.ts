/** Failed log-ins or refused tokens of the last minute, which are the less welcome the more there are. */
export interface Throttle {
  /**
   * Counts an attempt before it is judged, so that many at once cannot pass together.
   *
   * @returns what to call when it succeeded; or how long to wait, s
   */
  attempt(address: string): { readonly succeeded: () => void } | { readonly retryAfterSeconds: number };
}

const windowMs = 60_000;
/** Failures of one address, and of all together: secrets of 256 bits need no more, and the log stays readable. */
const perAddress = 10;
const inAll = 100;

/** @param now the time, ms */
export function createThrottle(now: () => number): Throttle {
  // The oldest first; a hundred at most are in the window.
  let failures: { address: string; at: number }[] = [];
  return {
    attempt(address) {
      const at = now();
      failures = failures.filter((failure) => failure.at > at - windowMs);
      const own = failures.filter((failure) => failure.address === address);
      const decisive = own.length >= perAddress ? own[0] : failures.length >= inAll ? failures[0] : undefined;
      if (decisive !== undefined)
        return { retryAfterSeconds: Math.max(1, Math.ceil((decisive.at + windowMs - at) / 1000)) };
      const failure = { address, at };
      failures.push(failure);
      return {
        succeeded() {
          failures = failures.filter((other) => other !== failure);
        },
      };
    },
  };
}
