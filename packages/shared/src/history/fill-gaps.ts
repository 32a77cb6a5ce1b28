import type { Pool } from '../db/index.ts';
import type { ReadContent } from '../messages/index.ts';
import type { Gate, TencentClient } from '../tencent/index.ts';
import { claimGaps, closeIndexed, releaseGaps, windowsOf, type DueConversation, type GapsEnd } from './gaps.ts';
import { isLive } from './live.ts';
import { pullPage } from './pull-page.ts';
import { storeTold } from './store-told.ts';

/** What asking the history of one app takes. */
export interface HistoryParts {
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  /** Of `group_msg_get_simple`. */
  readonly gate: Gate;
  /** What of the texts goes into the index. */
  readonly read: ReadContent;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Aborted when the process stops: nothing new is asked. */
  readonly signal: AbortSignal;
}

/** Conversations asked about at once. */
const atOnce = 16;
/** Pages of one conversation before others have their turn. */
const pagesPerTurn = 50;

/** What a look for gaps came to. */
export interface Filled {
  readonly conversations: number;
  /** Messages that were missing and are in the index now. */
  readonly messages: number;
}

/**
 * Asks the platform's history for sequences that the index has not seen, conversation by conversation, each
 * sequence once. Gaps are asked for 30 to 60 s after they came up, so that stragglers can close them for
 * nothing.
 */
export async function fillGaps(parts: HistoryParts): Promise<Filled> {
  const due = await claimGaps(parts.pool, parts.appId, atOnce);
  const messages = await Promise.all(due.map((conversation) => fillOne(parts, conversation)));
  return { conversations: due.length, messages: messages.reduce((sum, n) => sum + n, 0) };
}

async function fillOne(parts: HistoryParts, conversation: DueConversation): Promise<number> {
  const { pool } = parts;
  const found = { messages: 0 };
  let end: GapsEnd = { kind: 'failed' };
  try {
    end = await askGaps(parts, conversation, found);
  } finally {
    await releaseGaps(pool, conversation.conversationId, end);
  }
  return found.messages;
}

async function askGaps(
  parts: HistoryParts,
  conversation: DueConversation,
  found: { messages: number },
): Promise<GapsEnd> {
  const { pool, client, gate, signal, read, now } = parts;
  const { conversationId } = conversation;
  const gaps = await closeIndexed(pool, conversationId, conversation.gaps);
  if (conversation.gone) return { kind: 'gone' };
  if (isLive(conversation.groupType)) return { kind: 'none' };
  let pages = 0;
  for (const window of windowsOf(gaps)) {
    for (let top = window.to; top >= window.from; pages += 1) {
      if (signal.aborted || pages >= pagesPerTurn) return { kind: 'more' };
      const told = await pullPage(client, gate, conversation, { from: window.from, to: top });
      if (told.kind !== 'told') return { kind: told.kind };
      found.messages += await storeTold(pool, conversation, told, 'history', read, now());
      top = told.range.from - 1;
    }
  }
  return { kind: 'asked' };
}
