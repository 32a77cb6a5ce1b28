import type { Db, Pool } from '../db/index.ts';
import type { ReadContent } from '../messages/index.ts';
import type { Gate, TencentClient } from '../tencent/index.ts';

/** A rate, and what to tell it when the platform says that calls come too fast. */
export interface PacedGate {
  readonly enter: Gate;
  throttled(): Promise<void>;
}

/** What reading an app's history takes. */
export interface BackfillWork {
  readonly db: Db;
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  readonly gates: {
    /** Of `get_appid_group_list`: one call a second. */
    readonly list: PacedGate;
    /** Of `get_group_info`. */
    readonly groups: PacedGate;
    /** Of `get_topic`. */
    readonly topics: PacedGate;
    /** Of `group_msg_get_simple`, shared with whoever else reads history; null: it is switched off. */
    readonly history: PacedGate | null;
    /** Of `get_history`: ten calls a second. */
    readonly files: PacedGate;
  };
  /** Of history and of files: what is reckoned with beforehand. */
  readonly callsPerSecond: { readonly history: number; readonly files: number };
  /** Communities whose topics are listed at once. */
  readonly atOnce: number;
  /** Messages that are older do not stay in the index. */
  readonly retentionDays: number;
  /** What of the texts goes into the index. */
  readonly read: ReadContent;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Aborted when the process stops: nothing new is asked. */
  readonly signal: AbortSignal;
  /** Told of every call. */
  readonly onCall: (backfillId: string) => void;
  /** Group ids asked for in one call; default the most that one gives. */
  readonly groupIdsPerPage?: number;
}

/** A gate that counts what passes it. */
export interface CountedGate {
  readonly enter: Gate;
  readonly calls: () => number;
}

/** Counts the calls of one part of a backfill, renewals of the signature included. */
export function counted(work: BackfillWork, backfillId: string, gate: PacedGate): CountedGate {
  let calls = 0;
  return {
    calls: () => calls,
    async enter() {
      await gate.enter();
      calls += 1;
      work.onCall(backfillId);
    },
  };
}
