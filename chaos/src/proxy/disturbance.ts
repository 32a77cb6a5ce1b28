/**
 * What a link does to what passes through it. What it takes in order it gives in order: a stream never has a hole that
 * its ends could go on after.
 *
 * - `latency`: every piece comes `ms` later, both ways
 * - `black-hole`: connections are accepted, and whatever is sent is swallowed; when it is over, connections that lost
 *   something are reset, as a firewall does that forgot them
 * - `hold`: nothing passes; when it is over everything does, also what an end has given up on meanwhile
 * - `reset`: connections are reset, new ones as soon as they are accepted
 * - `trickle`: so many bytes in each twentieth of a second, both ways
 */
export type Disturbance =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'black-hole' | 'hold' | 'reset' }
  | { readonly kind: 'trickle'; readonly bytes: number };

/** How often a trickling link lets something pass, ms. */
export const trickleEveryMs = 50;

/** Unix milliseconds with a part below, comparable with those of the stand-in's ledger. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}
