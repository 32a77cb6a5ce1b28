import type { Db, Pool } from '../db/index.ts';
import { cleanText, insertMessages, internConversations, type ReadContent } from '../messages/index.ts';
import { noteSeen } from './seen.ts';

/** A message that a back end sent or imported by REST, with the sequence of the answer. */
export interface RegisteredMessage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string;
  /** Unix milliseconds: the answer's `MsgTime`. */
  readonly sentAt: number;
  /** `MsgBody` as it was sent. */
  readonly msgBody: readonly unknown[];
}

/**
 * Puts messages into the index of which no callback tells: sent with `ForbidAfterSendMsgCallback` (intl
 * 34959), or imported (intl 34968). One that a callback brings, too, is the same row in whatever order.
 *
 * @param now Unix milliseconds
 * @returns how many were new
 */
export async function registerMessages(
  parts: { readonly db: Db; readonly pool: Pool; readonly appId: number; readonly read: ReadContent },
  messages: readonly RegisteredMessage[],
  now: number,
): Promise<number> {
  const { db, pool, appId, read } = parts;
  const ids = await internConversations(
    db,
    messages.map(({ groupId, topicId }) => ({ appId, groupId, topicId: topicId ?? '', groupType: '' })),
  );
  const rows = messages.map((message, at) => ({
    conversationId: Number(ids[at]),
    msgSeq: message.msgSeq,
    appId,
    msgTime: message.sentAt,
    receivedAt: now,
    sender: cleanText(message.sender),
    ...read(message.msgBody),
    raw: null,
    source: 'registered' as const,
  }));
  const added = await insertMessages(pool, rows);
  await noteSeen(
    pool,
    rows.map(({ conversationId, msgSeq, msgTime: at }) => ({ conversationId, msgSeq, at })),
  );
  return added;
}
