import { appendAudit, withoutSenders } from '@chat-recall/shared/audit';
import { RecallError } from '@chat-recall/shared/errors';
import {
  conversationsOf,
  countTextless,
  fold,
  isDocumentedType,
  sameTextOf,
  searchMessages,
  typeBit,
  type Selection,
} from '@chat-recall/shared/messages';
import { textNotKept } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { actorOf, mayReadText, type Role } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { list, number, text } from '../../http/parameters.ts';
import { Refusal } from '../../http/problem.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { selectorSchema } from '../recalls/schemas.ts';
import { messagePageSchema } from './schemas.ts';

const position = z.strictObject({ msgTime: z.iso.datetime(), conversationId: z.int(), msgSeq: z.int() });
/** Judged as in a selector, so that what is found here can be recalled. */
const { senders, keywords, groupIds, topicIds, sentFrom, sentTo, sameTextAs } = selectorSchema.shape;
const same = sameTextAs.unwrap().shape;

export const search = route({
  method: 'get',
  path: '/api/v1/messages',
  id: 'searchMessages',
  summary: 'Search the index, newest first',
  description:
    'Parameters are joined by AND, the values of one by OR. Without any, the newest messages of all groups. Who may not read messages (the role viewer) gets them without `text`, and cannot ask for one. Reading text is written into the audit.',
  role: 'viewer',
  query: {
    sender: list(senders.describe('UserID (From_Account), matched exactly')),
    keyword: list(keywords.describe('Matched anywhere in the text, as in a selector')),
    groupId: list(groupIds.describe('GroupId, matched exactly')),
    topicId: list(topicIds.describe('TopicId, matched exactly')),
    sentFrom: text(sentFrom),
    sentTo: text(sentTo),
    messageType: list(
      z
        .array(z.string().refine((name) => name === 'other' || isDocumentedType(name), 'must be a MsgType or other'))
        .max(20)
        .describe('MsgType of at least one element, or `other`')
        .optional(),
    ),
    sameTextGroup: text(
      same.groupId.describe('GroupId of a message: only messages with the same text; needs sameTextSeq').optional(),
    ),
    sameTextTopic: text(same.topicId.unwrap().unwrap().describe('Its TopicId, if it has one').optional()),
    sameTextSeq: number(same.msgSeq.describe('Its MsgSeq').optional()),
    cursor: text(cursorSchema),
    limit: pageLimit,
  },
  responses: { 200: { description: 'A page of messages.', content: { 'application/json': messagePageSchema } } },
  async handle({ query, principal }, { appId, db, reads, text: { hash } }) {
    const {
      sender = [],
      keyword = [],
      groupId = [],
      topicId = [],
      sentFrom: from,
      sentTo: to,
      messageType = [],
    } = query;
    if (from !== undefined && to !== undefined && Date.parse(from) >= Date.parse(to)) {
      throw fault('sentTo', 'must be later than sentFrom');
    }
    const copied = copiedFrom(query);
    judgeRole(principal.role, keyword.length > 0 || copied !== null);
    const sameText = copied === null ? null : await sameTextOf(reads, appId, copied, hash);
    if (copied !== null && sameText === null) {
      throw fault('sameTextSeq', 'must name a message that the index holds and that has a text');
    }
    const selection: Selection = {
      appId,
      senders: sender,
      excludeSenders: [],
      keywords: keyword.map((word) => fold(word).trim()),
      conversationIds: await conversationsOf(reads, appId, groupId, topicId),
      sequences: null,
      sameText,
      hash,
      messageTypes: messageType.reduce((bits, name) => bits | typeBit(name), 0),
    };
    const window = {
      sentFrom: from === undefined ? null : new Date(from),
      sentTo: to === undefined ? null : new Date(to),
    };
    const after = fromCursor(query.cursor, position);
    const { items, next } = await searchMessages(reads, { selection, ...window, after, limit: query.limit });
    const textless = after === null ? await countTextless(reads, selection, window.sentFrom, window.sentTo) : 0;
    const warnings = textless === 0 ? [] : [textNotKept(textless)];
    const nextCursor = next === null ? null : toCursor(next);
    if (!mayReadText(principal.role))
      return json({ items: items.map((item) => ({ ...item, text: null })), nextCursor, warnings });
    const { sender: _, cursor: __, ...rest } = query;
    const asked = await withoutSenders(db, appId, { ...rest, senders: query.sender });
    const details = { query: asked, messages: items.length };
    await appendAudit(db, actorOf(principal), { action: 'messages.read', details });
    return json({ items, nextCursor, warnings });
  },
});

/** The message whose copies are looked for; null: none. */
function copiedFrom(query: {
  readonly sameTextGroup?: string | undefined;
  readonly sameTextTopic?: string | undefined;
  readonly sameTextSeq?: number | undefined;
}): { groupId: string; topicId: string | null; msgSeq: number } | null {
  const { sameTextGroup: groupId, sameTextTopic: topicId = null, sameTextSeq: msgSeq } = query;
  if (groupId === undefined && topicId === null && msgSeq === undefined) return null;
  if (groupId === undefined) throw fault('sameTextGroup', 'is required with sameTextSeq');
  if (msgSeq === undefined) throw fault('sameTextSeq', 'is required with sameTextGroup');
  return { groupId, topicId, msgSeq };
}

/** What a text holds can be found out by asking for it, too. */
function judgeRole(role: Role, asksForText: boolean): void {
  if (asksForText && !mayReadText(role)) {
    throw new Refusal('forbidden', 'keyword and sameText… need a role that may read messages');
  }
}

function fault(path: string, message: string): RecallError {
  return new RecallError('invalid_request', `${path} ${message}`, [{ path, message }]);
}
