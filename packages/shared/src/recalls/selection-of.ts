import type { Db } from '../db/index.ts';
import { RecallError } from '../errors/index.ts';
import {
  conversationsOf,
  fold,
  internConversations,
  sameTextOf,
  type HashPieces,
  type SameText,
  type Selection,
  type Sequence,
} from '../messages/index.ts';
import type { Selector } from './request.ts';

/** What of a recall says which messages it is about. */
export interface PlannedSelector {
  readonly app_id: number;
  readonly selector: Selector;
}

/** A selector made ready for the database. */
export async function selectionOf(db: Db, recall: PlannedSelector, hash: HashPieces | null = null): Promise<Selection> {
  const { app_id: appId, selector } = recall;
  return {
    appId,
    senders: selector.senders ?? [],
    excludeSenders: selector.excludeSenders ?? [],
    keywords: (selector.keywords ?? []).map((keyword) => fold(keyword).trim()),
    conversationIds: await conversationsOf(db, appId, selector.groupIds ?? [], selector.topicIds ?? []),
    sequences: selector.messages === undefined ? null : await namedSequences(db, recall),
    sameText: selector.sameTextAs === undefined ? null : await copiedText(db, appId, selector.sameTextAs, hash),
    hash,
    messageTypes: 0,
  };
}

/** @throws RecallError `invalid_request` when the index does not hold the message, or it has no text */
async function copiedText(
  db: Db,
  appId: number,
  message: NonNullable<Selector['sameTextAs']>,
  hash: HashPieces | null,
): Promise<SameText> {
  const text = await sameTextOf(db, appId, { ...message, topicId: message.topicId ?? null }, hash);
  if (text !== null) return text;
  const fault = {
    path: 'selector.sameTextAs',
    message: 'must name a message that the index holds and that has a text',
  };
  throw new RecallError('invalid_request', `${fault.path} ${fault.message}`, [fault]);
}

/** The sequences that a selector names. */
export async function namedSequences(db: Db, { app_id: appId, selector }: PlannedSelector): Promise<Sequence[]> {
  const messages = selector.messages ?? [];
  const ids = await internConversations(
    db,
    messages.map(({ groupId, topicId }) => ({ appId, groupId, topicId: topicId ?? '', groupType: '' })),
  );
  return messages.flatMap(({ msgSeqs }, at) => msgSeqs.map((msgSeq) => ({ conversationId: Number(ids[at]), msgSeq })));
}
