import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import {
  contentOf,
  countTextless,
  createContentReader,
  createTextPolicy,
  fold,
  insertMessages,
  internConversations,
  pieces,
  sameTextOf,
  searchMessages,
  typeNames,
  type HashPieces,
  type SameText,
  type Selection,
} from '@chat-recall/shared/messages';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

const appId = 77;
const key = 'a key of thirty-two characters or so';
const modes = ['full', 'pieces', 'none'] as const;
type Mode = (typeof modes)[number];
const { hash } = createTextPolicy({ INDEX_TEXT: 'full', INDEX_TEXT_KEY: key });
const readers = Object.fromEntries(
  modes.map((mode) => [mode, createContentReader(createTextPolicy({ INDEX_TEXT: mode, INDEX_TEXT_KEY: key }))]),
) as Record<Mode, ReturnType<typeof createContentReader>>;
const bodyOf = (text: string): object[] => [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }];

let database: TestDatabase;
let pool: Pool;
let db: Db;
let conversationId: number;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
  const [id] = await internConversations(db, [{ appId, groupId: 'g', topicId: '', groupType: '' }]);
  conversationId = Number(id);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

let last = 0;
const now = Date.now();
/** Puts texts into the index under a policy. Gives the sequences. */
async function write(mode: Mode, texts: readonly string[]): Promise<number[]> {
  const rows = texts.map((text) => {
    last += 1;
    const row = { conversationId, msgSeq: last, appId, msgTime: now - 1_000, receivedAt: now, sender: 's', raw: null };
    return { ...row, ...readers[mode](bodyOf(text)) };
  });
  await insertMessages(pool, rows);
  return rows.map(({ msgSeq }) => msgSeq);
}
function selection(change: { keywords?: string[]; sameText?: SameText | null; hash?: HashPieces | null }): Selection {
  const { keywords = [], sameText = null, hash: by = hash } = change;
  return {
    appId,
    senders: [],
    excludeSenders: [],
    keywords: keywords.map((word) => fold(word)),
    conversationIds: null,
    sequences: null,
    sameText,
    hash: by,
    messageTypes: 0,
  };
}
async function find(change: Parameters<typeof selection>[0]): Promise<number[]> {
  const page = { sentFrom: null, sentTo: null, after: null, limit: 1_000 };
  const { items } = await searchMessages(db, { selection: selection(change), ...page });
  return items.map(({ msgSeq }) => msgSeq).sort((a, b) => a - b);
}
async function textOfMessage(msgSeq: number, by = hash): Promise<SameText | null> {
  return sameTextOf(db, appId, { groupId: 'g', topicId: null, msgSeq }, by);
}

/** Reproducible, uniform below `below`. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
const letters = Array.from('abcABＣ ab加微信VX０1😀é');

describe('keywords', () => {
  test('find every true match among rows of all modes, whatever is written and looked for', async () => {
    const random = seeded(4711);
    const word = (most: number): string =>
      Array.from({ length: 1 + random(most) }, () => letters[random(letters.length)] ?? '').join('');
    const texts = Array.from({ length: 300 }, () => word(24));
    const bySeq = new Map<number, string>();
    for (const mode of ['full', 'pieces'] as const) {
      const seqs = await write(mode, texts);
      for (const [at, seq] of seqs.entries()) bySeq.set(seq, texts[at] ?? '');
    }
    const none = new Set(await write('none', texts));
    let approximate = 0;
    for (let n = 0; n < 200; n += 1) {
      // By characters: no keyword may hold half of one.
      const from = [...(texts[random(texts.length)] ?? '')];
      const start = random(from.length);
      const keyword = n % 2 === 0 ? word(5) : from.slice(start, start + 2 + random(5)).join('');
      const folded = fold(keyword);
      if (folded.length < 2) continue;
      const found = new Set(await find({ keywords: [keyword] }));
      const truly = [...bySeq].filter(([, text]) => fold(text).includes(folded)).map(([seq]) => seq);
      expect(truly.filter((seq) => !found.has(seq))).toEqual([]);
      // What is found beside has all pieces of the word at least.
      for (const seq of found) {
        expect(none.has(seq)).toBe(false);
        const has = new Set(pieces(fold(bySeq.get(seq) ?? '')));
        expect(pieces(folded).every((piece) => has.has(piece))).toBe(true);
      }
      approximate += found.size - truly.length;
    }
    expect(approximate).toBeGreaterThan(0);
  });

  test('of one character, or without the key, do not find what is kept as pieces', async () => {
    const [full, asPieces] = [...(await write('full', ['zq only'])), ...(await write('pieces', ['zq only']))];
    expect(await find({ keywords: ['zq'] })).toEqual([full, asPieces]);
    expect(await find({ keywords: ['zq'], hash: null })).toEqual([full]);
    expect((await find({ keywords: ['q'] })).includes(Number(asPieces))).toBe(false);
    const other = createTextPolicy({ INDEX_TEXT: 'full', INDEX_TEXT_KEY: key.toUpperCase() });
    expect(await find({ keywords: ['zq'], hash: other.hash })).toEqual([full]);
  });

  test('what cannot be looked into is counted, within the window', async () => {
    const all = { sentFrom: null, sentTo: null };
    const before = await countTextless(db, selection({ keywords: ['zz'] }), all.sentFrom, all.sentTo);
    await write('none', ['a', 'b']);
    await write('pieces', ['cc', 'dd', 'ee']);
    const count = async (change: Parameters<typeof selection>[0], from: Date | null = null): Promise<number> =>
      countTextless(db, selection(change), from, null);
    expect(await count({ keywords: ['zz'] })).toBe(before + 2);
    expect(await count({ keywords: ['zz'] }, new Date(now))).toBe(0);
    expect(await count({})).toBe(0);
    const blind = await count({ keywords: ['z'] });
    expect(blind).toBeGreaterThan(before + 4);
    expect(await count({ keywords: ['zz'], hash: null })).toBe(blind);
  });
});

test('copies are found by equal pieces, beside exact ones', async () => {
  const text = '群发：加微信 vx12345 领红包';
  const [full, copy] = await write('full', [text, `  ${text.toUpperCase()} `]);
  const [hashed, scrambled, longer] = await write('pieces', [text, '一二三一', `${text}!`]);
  const [turned] = await write('pieces', ['三一二三']);
  expect(await find({ sameText: await textOfMessage(Number(full)) })).toEqual([full, copy, hashed]);
  expect(await find({ sameText: await textOfMessage(Number(hashed)) })).toEqual([hashed]);
  expect(await find({ sameText: await textOfMessage(Number(full), null) })).toEqual([full, copy]);
  expect(await find({ sameText: await textOfMessage(Number(scrambled)) })).toEqual([scrambled, turned]);
  expect(await find({ sameText: await textOfMessage(Number(longer)) })).toEqual([longer]);
  const [nothing, short] = [...(await write('none', [text])), ...(await write('pieces', ['一']))];
  expect(await textOfMessage(Number(nothing))).toBeNull();
  expect(await textOfMessage(Number(short))).toBeNull();
});

test('no table holds a text or a piece that can be turned back, nor the order of the pieces', async () => {
  const text = '绝密 top secret 绝密 4711';
  const plain = contentOf(bodyOf(text));
  const seqs = [...(await write('pieces', [text])), ...(await write('none', [text]))];
  const { rows } = await pool.query<{ row: string; pieces: number[]; message_types: number }>(
    'select m::text as row, pieces, message_types from messages m where msg_seq = any($1) order by msg_seq',
    [seqs],
  );
  for (const row of rows) {
    expect(row.row).not.toMatch(/绝|密|secret|4711/u);
    expect(row.pieces.filter((piece) => plain.pieces.includes(piece))).toEqual([]);
    expect(row.pieces).toEqual([...row.pieces].sort((a, b) => a - b));
    expect(typeNames(row.message_types)).toEqual(['TIMTextElem']);
  }
  expect(rows.map((row) => row.pieces.length)).toEqual([plain.pieces.length, 0]);
  const { items } = await searchMessages(db, {
    selection: { ...selection({}), sequences: seqs.map((msgSeq) => ({ conversationId, msgSeq })) },
    sentFrom: null,
    sentTo: null,
    after: null,
    limit: 10,
  });
  expect(items.map(({ text: shown, textKept }) => [shown, textKept])).toEqual([
    ['', false],
    ['', false],
  ]);
});

test('hashes are the same in all processes, remembered or not, and those of another key are others', () => {
  const some = Array.from({ length: 500 }, (_, n) => n * 65_537 - 7_000_000);
  const again = createTextPolicy({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: key }).hash;
  expect(again?.(some)).toEqual(hash?.(some));
  expect(hash?.([...some, ...some].toReversed())).toEqual(hash?.(some));
  const other = createTextPolicy({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: `${key}!` }).hash;
  const known = new Set(hash?.(some));
  expect(other?.(some).filter((value) => known.has(value))).toEqual([]);
});
