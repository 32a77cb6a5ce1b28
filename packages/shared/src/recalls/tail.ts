import type { Selector } from './request.ts';

/** Why something was left out of a plan that follows, or why it follows no longer: a code and words. */
export interface TailCause {
  readonly code: NoRoom | 'copy_gone';
  readonly en: string;
  readonly zh: string;
}

/** What there may be no room in for a late message: the selector's limit, what whoever asked may recall, the day. */
export type NoRoom = 'limit' | 'size' | 'approval' | 'cap';

/** A recall's tail: what comes after its plan was frozen. */
export interface Tail {
  readonly seconds: number;
  /** null: it does not run yet. */
  readonly until: string | null;
  /** `closing`: the time is over, and what was sent before is still being looked for. */
  readonly state: 'waiting' | 'following' | 'closing' | 'ended';
  /** Appended to the plan. */
  readonly late: number;
  /** Came, and found no room; of a rule: that no later day had room for either. */
  readonly leftOut: number;
  readonly cause: TailCause | null;
}

/** A recall with its follow, as the tables have it. */
export interface TailRow {
  readonly selector: Selector;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  /** null, as all that follows: it does not follow. */
  readonly follow_seconds: number | null;
  readonly follow_until: Date | null;
  readonly follow_over: boolean | null;
  readonly follow_ended_at: Date | null;
  readonly follow_cause: TailCause['code'] | null;
  readonly follow_above: number | null;
  readonly follow_max: number | null;
  readonly late: number | null;
  readonly left_out: number | null;
  readonly daily_cap: number | null;
}

export function tailOf(row: TailRow): Tail | null {
  if (row.follow_seconds === null) return null;
  const ended = row.follow_ended_at !== null || row.finished_at !== null;
  return {
    seconds: row.follow_seconds,
    until: row.follow_until?.toISOString() ?? null,
    state: ended ? 'ended' : row.started_at === null ? 'waiting' : row.follow_over === true ? 'closing' : 'following',
    late: row.late ?? 0,
    leftOut: row.left_out ?? 0,
    cause: causeOf(row),
  };
}

function causeOf(row: TailRow): TailCause | null {
  const code = row.follow_cause;
  switch (code) {
    case null:
      return null;
    case 'limit':
      return {
        code,
        en: `the limit of ${row.selector.limit} messages that the selector sets is reached`,
        zh: `已达到选择条件设定的上限 ${row.selector.limit} 条消息`,
      };
    case 'size':
      return {
        code,
        en: `whoever asked may recall ${row.follow_max} messages at once`,
        zh: `申请人一次最多可撤回 ${row.follow_max} 条消息`,
      };
    case 'approval':
      return {
        code,
        en: `more than ${row.follow_above} messages need the approval of another person; make another recall for the rest`,
        zh: `超过 ${row.follow_above} 条消息需要他人批准；其余消息请另建撤回`,
      };
    case 'cap':
      return {
        code,
        en: `the cap of ${row.daily_cap} messages a day was reached; the rest waits for the next UTC day`,
        zh: `已达到每日上限 ${row.daily_cap} 条消息；其余消息等到下一个 UTC 日`,
      };
    case 'copy_gone':
      return {
        code,
        en: 'the message whose copies it follows is no longer in the index',
        zh: '用于比对的消息已不在索引中',
      };
  }
}
