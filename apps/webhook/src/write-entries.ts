import { isUtf8 } from 'node:buffer';
import type { Pool } from '@chat-recall/shared/db';
import { noteGone, type Seen } from '@chat-recall/shared/history';
import {
  createConversations,
  insertMarks,
  insertMessages,
  type NewMark,
  type NewMessage,
} from '@chat-recall/shared/messages';
import type { ParsedGone, ParsedMessage, ParsedRecall } from './callbacks/parsed.ts';

/** A callback on its way into the database. */
export interface Entry {
  readonly content: ParsedMessage | ParsedRecall | ParsedGone;
  readonly appId: number;
  readonly command: string;
  /** Unix milliseconds. */
  readonly receivedAt: number;
  /** The body as it came. */
  readonly raw: Buffer;
}

/**
 * Writes entries: their conversations, then the messages, then the marks, each in a statement that
 * commits by itself. A callback is in one of them only, and all of it may be repeated, so nothing is
 * gained by a transaction around them but round trips.
 */
export function createWriter(options: {
  readonly pool: Pool;
  readonly keepRaw: boolean;
  readonly seen: Seen;
}): (entries: readonly Entry[]) => Promise<void> {
  const { pool, keepRaw, seen } = options;
  const conversations = createConversations(pool);
  return async (all) => {
    const gone = all.flatMap(({ appId, content }) => (content.kind === 'gone' ? [{ appId, ...content }] : []));
    const entries = all.flatMap(({ content, ...entry }) => (content.kind === 'gone' ? [] : [{ content, ...entry }]));
    const ids = await conversations.idsOf(entries.map(({ appId, content }) => ({ appId, ...content.conversation })));
    const messages: NewMessage[] = [];
    const marks: NewMark[] = [];
    for (const [at, { appId, content, receivedAt, raw }] of entries.entries()) {
      const conversationId = Number(ids[at]);
      if (content.kind === 'message') {
        messages.push({
          conversationId,
          msgSeq: content.msgSeq,
          appId,
          msgTime: content.msgTime,
          receivedAt,
          messageTypes: content.messageTypes,
          sender: content.sender,
          text: content.text,
          folded: content.folded,
          pieces: content.pieces,
          raw: keepRaw ? storable(raw) : null,
        });
      } else {
        const { recalledAt, operator } = content;
        for (const msgSeq of content.msgSeqs) marks.push({ conversationId, msgSeq, recalledAt, operator });
      }
    }
    await insertMessages(pool, messages);
    for (const { conversationId, msgSeq, msgTime } of messages) seen.note(conversationId, msgSeq, msgTime);
    await insertMarks(pool, marks);
    await noteGone(pool, gone);
  };
}

/** JSON holds no U+0000 as such; bytes that are no UTF-8 were read as U+FFFD. */
function storable(raw: Buffer): Buffer | string {
  return isUtf8(raw) ? raw : raw.toString('utf8');
}
