import { messagesPerCall, type Gate, type HistoryItem, type TencentClient } from '../tencent/index.ts';
import { isLive } from './live.ts';
import { pullPage, type Place, type Pulled } from './pull-page.ts';
import type { Range } from './ranges.ts';

/** What history says of some sequences of a conversation. */
export interface LookedUp {
  /** By sequence; one that history was asked for and has no item for is `null`. What is not in here was not asked. */
  readonly items: ReadonlyMap<number, HistoryItem | null>;
  /** Why it was not asked to the end; null: it was. */
  readonly stopped: Exclude<Pulled['kind'], 'told'> | null;
}

/** Sequences as pages: those that lie within twenty are asked for in one call. */
function pagesOf(msgSeqs: readonly number[]): Range[] {
  const pages: { from: number; to: number }[] = [];
  for (const seq of [...msgSeqs].sort((a, b) => b - a)) {
    const open = pages.at(-1);
    if (open !== undefined && open.to - seq < messagesPerCall) open.from = seq;
    else pages.push({ from: seq, to: seq });
  }
  return pages;
}

/** Asks the platform's history about single sequences of a conversation, whether or not the index has them. */
export async function lookUp(
  client: TencentClient,
  gate: Gate,
  conversation: Place & { readonly groupType: string },
  msgSeqs: readonly number[],
): Promise<LookedUp> {
  const wanted = new Set(msgSeqs);
  const items = new Map<number, HistoryItem | null>();
  if (isLive(conversation.groupType)) return { items, stopped: 'none' };
  for (const page of pagesOf(msgSeqs)) {
    for (let top = page.to; top >= page.from;) {
      const told = await pullPage(client, gate, conversation, { from: page.from, to: top });
      if (told.kind !== 'told') return { items, stopped: told.kind };
      for (const item of told.items) if (wanted.has(item.msgSeq)) items.set(item.msgSeq, item);
      for (let seq = told.range.from; seq <= top; seq += 1)
        if (wanted.has(seq) && !items.has(seq)) items.set(seq, null);
      top = told.range.from - 1;
    }
  }
  return { items, stopped: null };
}
