/** Counts the calls of a sliding second: those that arrived less than 1,000 ms before the newest. */
export interface SlidingSecond {
  /** Counts a call that arrives at `at` (ms, not before the last one) and gives how many the second now holds. */
  count(at: number): number;
}

export function createSlidingSecond(): SlidingSecond {
  let arrivals: number[] = [];
  let first = 0;
  return {
    count(at) {
      arrivals.push(at);
      while (at - (arrivals[first] ?? at) >= 1000) first += 1;
      // Dropping the past now and then keeps both the memory and the cost per call constant.
      if (first > 1000) {
        arrivals = arrivals.slice(first);
        first = 0;
      }
      return arrivals.length - first;
    },
  };
}
