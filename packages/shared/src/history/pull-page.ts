import {
  groupMsgGetSimple,
  meaningOf,
  messagesPerCall,
  type Gate,
  type HistoryItem,
  type TencentClient,
} from '../tencent/index.ts';
import { rangesOf, type Range } from './ranges.ts';

/** A conversation as the platform names it. */
export interface Place {
  readonly groupId: string;
  /** '': the group itself. */
  readonly topicId: string;
}

export type Pulled =
  /** Every sequence of `range` is accounted for: by its item, or by having none (deleted, or never there). */
  | { readonly kind: 'told'; readonly range: Range; readonly items: readonly HistoryItem[] }
  /** There is nothing to ask: the group is gone, has no history (live groups), or the app may not read it. */
  | { readonly kind: 'gone' | 'none' | 'refused'; readonly code: number }
  /** Ask again later. */
  | { readonly kind: 'failed'; readonly code: number | null };

/** Calls that one page costs at most: it, and a second look at what it left out. */
export const callsPerPage = 2;

/**
 * Asks the platform's history for the newest sequences of a range, 20 at most, recalled ones included
 * (`group_msg_get_simple`, intl 34971). Answers may be shorter than asked, out of order, hold a sequence
 * twice or leave one out: what is left out of an answer that calls itself complete is asked for once more.
 */
export async function pullPage(client: TencentClient, gate: Gate, place: Place, range: Range): Promise<Pulled> {
  const top = range.to;
  const lowest = Math.max(range.from, top - messagesPerCall + 1);
  const first = await ask(client, gate, place, { from: lowest, to: top });
  if (first.kind !== 'page') return first;
  const items = new Map(first.items.map((item) => [item.msgSeq, item]));
  // All of it has expired: so has what is older.
  if (first.finished === 2) return told({ from: range.from, to: top }, items);
  const bottom = first.finished === 1 ? lowest : Math.min(...items.keys(), top + 1);
  if (bottom > top)
    return first.count === 1
      ? told({ from: top, to: top }, items)
      : pullPage(client, gate, place, { from: top, to: top });
  const absent = rangesOf(sequencesFrom(bottom, top).filter((seq) => !items.has(seq)));
  const [lowestAbsent, highestAbsent] = [absent[0], absent.at(-1)];
  if (lowestAbsent !== undefined && highestAbsent !== undefined) {
    const again = await ask(client, gate, place, { from: lowestAbsent.from, to: highestAbsent.to });
    if (again.kind !== 'page') return again;
    for (const item of again.items) if (!items.has(item.msgSeq)) items.set(item.msgSeq, item);
  }
  return told({ from: bottom, to: top }, items);
}

type Asked =
  | {
      readonly kind: 'page';
      readonly finished: 0 | 1 | 2;
      readonly count: number;
      readonly items: readonly HistoryItem[];
    }
  | Exclude<Pulled, { kind: 'told' }>;

async function ask(client: TencentClient, gate: Gate, place: Place, { from, to }: Range): Promise<Asked> {
  const count = to - from + 1;
  const answer = await groupMsgGetSimple(client, { ...place, from: to, count, withRecalled: true }, gate);
  if (answer.kind !== 'answered') return { kind: 'failed', code: null };
  const { errorCode, body } = answer;
  if (errorCode === 0) return { kind: 'page', finished: body.finished, count, items: body.items };
  if (errorCode === 10010 || errorCode === 10015) return { kind: 'gone', code: errorCode };
  if (errorCode === 10044) return { kind: 'none', code: errorCode };
  if (errorCode === 10007 || meaningOf(errorCode).class === 'app') return { kind: 'refused', code: errorCode };
  return { kind: 'failed', code: errorCode };
}

function told(range: Range, items: ReadonlyMap<number, HistoryItem>): Pulled {
  return { kind: 'told', range, items: [...items.values()] };
}

function sequencesFrom(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}
