import { isUtf8 } from 'node:buffer';
import type { Pool } from '@chat-recall/shared/db';
import { noteGone, type Seen } from '@chat-recall/shared/history';
import {
  createConversations,
  insertMarks,
  insertMessages,
  type ConversationKey,
  type NewMark,
  type NewMessage,
  type PieceMerger,
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
  readonly merger: PieceMerger;
}): (entries: readonly Entry[]) => Promise<void> {
  const { pool, keepRaw, seen, merger } = options;
  const conversations = createConversations(pool);
  return async (all) => {
    const keys: ConversationKey[] = [];
    const gone: (ParsedGone & { appId: number })[] = [];
    for (const { appId, content } of all) {
      if (content.kind === 'gone') gone.push({ appId, ...content });
      else {
        const { groupId, topicId, groupType } = content.conversation;
        keys.push({ appId, groupId, topicId, groupType });
      }
    }
    const ids = await conversations.idsOf(keys);
    const messages: NewMessage[] = [];
    const marks: NewMark[] = [];
    let at = 0;
    for (const { appId, content, receivedAt, raw } of all) {
      if (content.kind === 'gone') continue;
      const conversationId = Number(ids[at]);
      at += 1;
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
    for (const { conversationId, msgSeq, msgTime } of messages) {
      seen.note(conversationId, msgSeq, msgTime);
      merger.note(msgTime);
    }
    await insertMarks(pool, marks);
    await noteGone(pool, gone);
  };
}

/** JSON holds no U+0000 as such; bytes that are no UTF-8 were read as U+FFFD. */
export function storable(raw: Buffer): Buffer | string {
  return isUtf8(raw) ? raw : raw.toString('utf8');
}
