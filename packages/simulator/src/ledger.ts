import { messageKey } from './world/group.ts';

/** What became of one REST call. */
export interface LedgerCall {
  readonly id: number;
  /** When its request line and headers had arrived: Unix milliseconds with a sub-millisecond part, never going back. */
  readonly at: number;
  readonly command: string;
  groupId: string | null;
  topicId: string | null;
  /** The sequences it asked for, in its order. */
  sequences: readonly number[];
  reason: string | null;
  /** Of `group_msg_get_simple`: which page. */
  reqMsgSeq: number | null;
  reqMsgNumber: number | null;
  /** Of `get_history`: the hour, `YYYYMMDDHH`. */
  hour: string | null;
  /** null while it runs, and for good when no answer was ever sent. */
  httpStatus: number | null;
  /** Of the envelope, as answered or as it would have been; null when the command was kept from running. */
  errorCode: number | null;
  /** As answered, or as they would have been had the answer been sent. */
  retCodes: readonly RetCode[];
  /** The command was carried out, whether or not anybody was told. */
  applied: boolean;
  /** The sequences that this very call took back. */
  recalled: readonly number[];
  /** The kind of fault used on it. */
  fault: string | null;
}

export interface RetCode {
  readonly MsgSeq: number;
  readonly RetCode: number;
}

/** All parts are joined by AND. */
export interface LedgerFilter {
  readonly command?: string;
  readonly groupId?: string;
  readonly topicId?: string;
  readonly sequence?: number;
  readonly errorCode?: number;
  readonly applied?: boolean;
  /** Unix milliseconds, inclusive. */
  readonly since?: number;
}

export interface LedgerSummary {
  readonly calls: number;
  readonly recalled: number;
  readonly commands: Record<string, CommandSummary>;
}

export interface CommandSummary {
  calls: number;
  /** Calls by envelope `ErrorCode`; `none` where there was none. */
  errorCodes: Record<string, number>;
  /** Sequences by `RetCode`. */
  retCodes: Record<string, number>;
  maxCallsInAnySlidingSecond: number;
}

export interface Ledger {
  calls(filter?: LedgerFilter): readonly Readonly<LedgerCall>[];
  /** Calls of one command, or of all. Refused ones count. */
  count(command?: string): number;
  /** The most calls whose arrivals lie less than 1,000 ms apart. Refused ones count. */
  maxCallsInAnySlidingSecond(command?: string): number;
  /** `messageKey`s of what REST calls really took back, told or not. */
  recalled(): Set<string>;
  summary(): LedgerSummary;
}

/** The stand-in's own side of the ledger: `open` when a call arrives, then fill in what became of it. */
export interface LedgerBook extends Ledger {
  open(at: number, command: string): LedgerCall;
  clear(): void;
}

export function createLedger(): LedgerBook {
  let book: LedgerCall[] = [];
  const of = (command?: string) => (command === undefined ? book : book.filter((call) => call.command === command));
  const ledger: LedgerBook = {
    open(at, command) {
      const call = { id: book.length + 1, at, command, ...untouched() };
      book.push(call);
      return call;
    },
    clear: () => void (book = []),
    calls: (filter = {}) => book.filter((call) => matches(call, filter)),
    count: (command) => of(command).length,
    maxCallsInAnySlidingSecond: (command) => mostInASecond(of(command).map((call) => call.at)),
    recalled() {
      const keys = new Set<string>();
      for (const call of book) {
        for (const seq of call.recalled) keys.add(messageKey(call.topicId ?? call.groupId ?? '', seq));
      }
      return keys;
    },
    summary() {
      const commands: Record<string, CommandSummary> = {};
      for (const call of book) tally((commands[call.command] ??= emptySummary()), call);
      for (const [command, summary] of Object.entries(commands)) {
        summary.maxCallsInAnySlidingSecond = ledger.maxCallsInAnySlidingSecond(command);
      }
      return { calls: book.length, recalled: ledger.recalled().size, commands };
    },
  };
  return ledger;
}

function untouched(): Omit<LedgerCall, 'id' | 'at' | 'command'> {
  return {
    groupId: null,
    topicId: null,
    sequences: [],
    reason: null,
    reqMsgSeq: null,
    reqMsgNumber: null,
    hour: null,
    httpStatus: null,
    errorCode: null,
    retCodes: [],
    applied: false,
    recalled: [],
    fault: null,
  };
}

function matches(call: LedgerCall, filter: LedgerFilter): boolean {
  return (
    (filter.command === undefined || call.command === filter.command) &&
    (filter.groupId === undefined || call.groupId === filter.groupId) &&
    (filter.topicId === undefined || call.topicId === filter.topicId) &&
    (filter.sequence === undefined || call.sequences.includes(filter.sequence)) &&
    (filter.errorCode === undefined || call.errorCode === filter.errorCode) &&
    (filter.applied === undefined || call.applied === filter.applied) &&
    (filter.since === undefined || call.at >= filter.since)
  );
}

/** `arrivals` must be in order. */
function mostInASecond(arrivals: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of arrivals.entries()) {
    while (at - (arrivals[first] ?? at) >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function emptySummary(): CommandSummary {
  return { calls: 0, errorCodes: {}, retCodes: {}, maxCallsInAnySlidingSecond: 0 };
}

function tally(summary: CommandSummary, call: LedgerCall): void {
  summary.calls += 1;
  const errorCode = String(call.errorCode ?? 'none');
  summary.errorCodes[errorCode] = (summary.errorCodes[errorCode] ?? 0) + 1;
  for (const { RetCode } of call.retCodes) summary.retCodes[RetCode] = (summary.retCodes[RetCode] ?? 0) + 1;
}
