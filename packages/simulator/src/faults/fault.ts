/**
 * What goes wrong. "Applied" means that the command takes effect although the answer says something else.
 *
 * - `latency`: applied at once, answered `ms` later
 * - `apply-then-hang`, `hang`: never answered (with, without effect); it ends when the client gives up
 * - `apply-then-reset`, `reset`: the connection is reset instead of an answer (with, without effect)
 * - `http`: this HTTP status with a page of HTML; `garbage`: HTTP 200 and no JSON; both without effect unless `apply`
 * - `error-code`: an envelope FAIL with this code, without effect
 * - `sequence-code`: this RetCode for the fault's `sequence`, or for all, which are left as they are
 * - `shuffle`, `missing`, `surplus`: applied, but `RecallRetList` is out of order, lacks the fault's `sequence` (or any
 *   one), or holds one with code 0 that was never asked for
 * - `poison`: every call that names the fault's `sequence` is refused whole with 10004
 */
export type Effect =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'apply-then-hang' | 'hang' | 'apply-then-reset' | 'reset' }
  | { readonly kind: 'http'; readonly status: number; readonly apply?: boolean }
  | { readonly kind: 'garbage'; readonly apply?: boolean }
  | { readonly kind: 'error-code' | 'sequence-code'; readonly code: number }
  | { readonly kind: 'shuffle' | 'missing' | 'surplus' | 'poison' };

/** Which calls it meets (parts joined by AND; none: every call), how often, and what it does to them. */
export interface Fault {
  readonly command?: string;
  readonly groupId?: string;
  /** Calls that name this sequence. */
  readonly sequence?: number;
  /** Calls it is used on; default 1 (`poison`: Infinity), Infinity for ever. */
  readonly times?: number;
  /** Share of the matching calls it is used on, 0 to 1, drawn from the stand-in's seed; default 1. */
  readonly probability?: number;
  /** Matching calls that pass before it; default 0. */
  readonly afterCalls?: number;
  readonly effect: Effect;
}

/** Only these commands have sequences to bend. */
const recallOnly: ReadonlySet<Effect['kind']> = new Set(['sequence-code', 'shuffle', 'missing', 'surplus', 'poison']);

export interface FaultTarget {
  readonly command: string;
  readonly groupId: string | null;
  readonly sequences: readonly number[];
}

export function faultMatches(fault: Fault, call: FaultTarget): boolean {
  return (
    (fault.command === undefined || fault.command === call.command) &&
    (fault.groupId === undefined || fault.groupId === call.groupId) &&
    (fault.sequence === undefined || call.sequences.includes(fault.sequence)) &&
    (!recallOnly.has(fault.effect.kind) || call.command === 'group_msg_recall')
  );
}
