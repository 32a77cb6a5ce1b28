import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDb, createPool, type Db } from '@chat-recall/shared/db';
import {
  insertMessages,
  internConversations,
  pieces,
  searchMessages,
  typeBit,
  type FoundMessage,
  type Selection,
} from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const appId = 1_400_000_000;
const hourMs = 3_600_000;
const now = Date.now();
const everything: Selection = {
  appId,
  senders: [],
  excludeSenders: [],
  keywords: [],
  conversationIds: null,
  sequences: null,
  sameText: null,
  hash: null,
  messageTypes: 0,
};

/** At the ends of slices, between them, of one moment, in the future, and older than any partition. */
const hoursAgo = [
  -30, -0.5, 0.2, 0.9, 1, 1, 1, 3.9, 4, 5, 15, 16, 16, 17, 63, 64, 65, 200, 256, 257, 700, 1_024, 1_500,
];
const texts = ['加微信 now', '别的 text', '加微信'];
const senders = ['ann', 'bob', 'eve'];

let database: TestDatabase;
let db: Db;
let conversations: readonly number[];
/** All there are, newest first, as a search gives them. */
let all: readonly {
  readonly seq: number;
  readonly conversation: number;
  readonly at: number;
  readonly text: string;
  readonly sender: string;
}[];

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
  conversations = await internConversations(
    db,
    ['@TGS#A', '@TGS#B'].map((groupId) => ({ appId, groupId, topicId: '', groupType: 'Public' })),
  );
  const messages = hoursAgo.flatMap((hours, n) =>
    texts.map((text, k) => ({
      seq: n * 10 + k + 1,
      conversation: conversations[(n + k) % 2] ?? 0,
      at: now - hours * hourMs,
      text,
      sender: senders[(n + k) % 3] ?? '',
    })),
  );
  await insertMessages(
    pool,
    messages.map(({ seq, conversation, at, text, sender }) => ({
      conversationId: conversation,
      msgSeq: seq,
      appId,
      msgTime: at,
      receivedAt: now,
      messageTypes: typeBit('TIMTextElem'),
      sender,
      text,
      folded: null,
      pieces: pieces(text),
      raw: null,
    })),
  );
  all = messages.toSorted((a, b) => b.at - a.at || b.conversation - a.conversation || b.seq - a.seq);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** All pages of so many. */
async function pagesOf(
  selection: Partial<Selection>,
  limit: number,
  window: { sentFrom?: Date; sentTo?: Date } = {},
): Promise<FoundMessage[]> {
  const found: FoundMessage[] = [];
  let after: Awaited<ReturnType<typeof searchMessages>>['next'] = null;
  do {
    const { items, next }: Awaited<ReturnType<typeof searchMessages>> = await searchMessages(db, {
      selection: { ...everything, ...selection },
      sentFrom: window.sentFrom ?? null,
      sentTo: window.sentTo ?? null,
      after,
      limit,
    });
    expect(items.length).toBe(next === null ? items.length : limit);
    found.push(...items);
    after = next;
  } while (after !== null);
  return found;
}

const seqsOf = (found: readonly FoundMessage[]): number[] => found.map(({ msgSeq }) => msgSeq);

test.each([
  ['a keyword', { keywords: ['微信'] }, 'all'],
  ['a keyword of one character', { keywords: ['加'] }, 'all'],
  ['several senders', { senders: ['ann', 'bob'] }, 'all'],
  ['one sender', { senders: ['eve'] }, 'all'],
  ['a keyword of a sender', { senders: ['eve'], keywords: ['微信'] }, 'all'],
  ['a kind', { messageTypes: typeBit('TIMTextElem') }, 'all'],
  ['nothing', {}, 'all'],
  ['nothing there', { keywords: ['absent'] }, 'none'],
] as const)(
  'pages of a search for %s follow one another, newest first, however long they are',
  async (_title, selection, what) => {
    const { keywords = [], senders: by = [] } = selection as { keywords?: string[]; senders?: string[] };
    const wanted = all.filter(
      ({ text, sender }) =>
        (keywords.length === 0 || keywords.some((word) => text.includes(word))) &&
        (by.length === 0 || by.includes(sender)),
    );
    expect(wanted.length > 0).toBe(what === 'all');
    for (const limit of [1, 2, 7, 1_000]) {
      expect(seqsOf(await pagesOf(selection, limit))).toEqual(wanted.map(({ seq }) => seq));
    }
  },
);

test.each([
  ['from', { sentFrom: 16 }],
  ['to', { sentTo: 4 }],
  ['to, in the future', { sentTo: -40 }],
  ['from and to', { sentFrom: 700, sentTo: 15 }],
  ['from, within the first slice', { sentFrom: 0.9 }],
  ['from, in the future', { sentFrom: -20 }],
  ['to, before most', { sentTo: 1_000 }],
] as const)('a window holds its beginning and not its end: %s', async (_title, hours) => {
  const { sentFrom, sentTo } = hours as { sentFrom?: number; sentTo?: number };
  const inside = all.filter(
    ({ at, text }) =>
      text.includes('微信') &&
      (sentFrom === undefined || at >= now - sentFrom * hourMs) &&
      (sentTo === undefined || at < now - sentTo * hourMs),
  );
  const window = {
    ...(sentFrom === undefined ? {} : { sentFrom: new Date(now - sentFrom * hourMs) }),
    ...(sentTo === undefined ? {} : { sentTo: new Date(now - sentTo * hourMs) }),
  };
  for (const limit of [1, 3, 1_000]) {
    expect(seqsOf(await pagesOf({ keywords: ['微信'] }, limit, window))).toEqual(inside.map(({ seq }) => seq));
  }
});

test('groups are searched alike', async () => {
  const [one = 0] = conversations;
  expect(seqsOf(await pagesOf({ conversationIds: [one] }, 5))).toEqual(
    all.filter(({ conversation }) => conversation === one).map(({ seq }) => seq),
  );
});
