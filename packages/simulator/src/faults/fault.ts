/**
 * What goes wrong. "Applied" means that the command takes effect although the answer says something else.
 *
 * - `latency`: applied at once, answered `ms` later
 * - `apply-then-hang`, `hang`: never answered (with, without effect); it ends when the client gives up
 * - `apply-then-reset`, `reset`: the connection is reset instead of an answer (with, without effect)
 * - `http`: this HTTP status with a page of HTML; `garbage`: HTTP 200 and no JSON; both without effect unless `apply`
 * - `error-code`: an envelope FAIL with this code, without effect; with `ms`, answered so much later
 * - `sequence-code`: this RetCode for the fault's `sequence`, or for all, which are left as they are
 * - `shuffle`, `missing`, `surplus`: applied, but `RecallRetList` is out of order, lacks the fault's `sequence` (or any
 *   one), or holds one with code 0 that was never asked for
 * - `poison`: every call that names the fault's `sequence` is refused whole with 10004
 * - `destroy-group`: answered as usual, then the group that the call names is disbanded, callback and all
 *
 * Of `group_msg_get_simple`, which `shuffle`, `missing` and `surplus` bend as well; "one" is the fault's `sequence`, or
 * any one:
 *
 * - `list-as-object`: `RspMsgList` is an object of its items; `other-name`: it is called `MsgList`
 * - `hole`: one is an empty placeholder; `repeat`: one stands there twice, the second time with another body
 * - `short`: the older half is left out, and `IsFinished` is 0
 * - `no-sequence`: one has no `MsgSeq`, and a copy of it has one that is text
 * - `large-random`: every `MsgRandom` is over 2^32
 *
 * Of `get_history` and of the downloads, which are the command `history-file` here:
 *
 * - `wrong-md5`: the answer names other checksums
 * - `cut-file`: half of the file, with the length of that half; `expired-url`: HTTP 403
 */
export type Effect =
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'apply-then-hang' | 'hang' | 'apply-then-reset' | 'reset' }
  | { readonly kind: 'http'; readonly status: number; readonly apply?: boolean }
  | { readonly kind: 'garbage'; readonly apply?: boolean }
  | { readonly kind: 'error-code'; readonly code: number; readonly ms?: number }
  | { readonly kind: 'sequence-code'; readonly code: number }
  | { readonly kind: 'shuffle' | 'missing' | 'surplus' | 'poison' | 'destroy-group' }
  | { readonly kind: 'list-as-object' | 'other-name' | 'hole' | 'repeat' | 'short' | 'no-sequence' | 'large-random' }
  | { readonly kind: 'wrong-md5' | 'cut-file' | 'expired-url' };

/** Which calls it meets (parts joined by AND; none: every call), how often, and what it does to them. */
export interface Fault {
  readonly command?: string;
  readonly groupId?: string;
  /** Calls that name this sequence, or whose page of history may hold it. */
  readonly sequence?: number;
  /** Calls it is used on; default 1 (`poison`: Infinity), Infinity for ever. */
  readonly times?: number;
  /** Share of the matching calls it is used on, 0 to 1, drawn from the stand-in's seed; default 1. */
  readonly probability?: number;
  /** Matching calls that pass before it; default 0. */
  readonly afterCalls?: number;
  readonly effect: Effect;
}

const recall = 'group_msg_recall';
const history = 'group_msg_get_simple';
/** The command that a download of a file counts as. */
export const fileDownload = 'history-file';

/** Only these commands have something to bend. */
const bends: Readonly<Partial<Record<Effect['kind'], readonly string[]>>> = {
  'sequence-code': [recall],
  poison: [recall],
  shuffle: [recall, history],
  missing: [recall, history],
  surplus: [recall, history],
  'list-as-object': [history],
  'other-name': [history],
  hole: [history],
  repeat: [history],
  short: [history],
  'no-sequence': [history],
  'large-random': [history],
  'wrong-md5': ['get_history'],
  'cut-file': [fileDownload],
  'expired-url': [fileDownload],
};

export interface FaultTarget {
  readonly command: string;
  readonly groupId: string | null;
  readonly sequences: readonly number[];
  readonly reqMsgSeq: number | null;
  readonly reqMsgNumber: number | null;
}

export function faultMatches(fault: Fault, call: FaultTarget): boolean {
  return (
    (fault.command === undefined || fault.command === call.command) &&
    (fault.groupId === undefined || fault.groupId === call.groupId) &&
    (fault.sequence === undefined || asksFor(call, fault.sequence)) &&
    (bends[fault.effect.kind]?.includes(call.command) ?? true)
  );
}

function asksFor({ command, sequences, reqMsgSeq, reqMsgNumber }: FaultTarget, sequence: number): boolean {
  if (command !== history) return sequences.includes(sequence);
  // Without ReqMsgSeq the page is that of the newest, which only the command knows.
  return reqMsgSeq === null || (sequence <= reqMsgSeq && sequence > reqMsgSeq - (reqMsgNumber ?? 0));
}
