import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  createContentReader,
  createTextPolicy,
  insertMessages,
  internConversations,
  type FoundMessage,
} from '@chat-recall/shared/messages';
import { planRecall, type PlanPreview, type Recall } from '@chat-recall/shared/recalls';
import { appId, startAtWork, type AtWork, type Page, type Refused } from './console-at-work.ts';

const key = 'a key of thirty-two characters or so';
let at: AtWork;
beforeAll(async () => {
  at = await startAtWork({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: key });
  await at.say([{ msgSeq: 1, text: '加微信 vx1' }]);
  await keep('pieces', [2, 3, 4], ['加微信 vx2', '信加微 vx3', 'hello']);
  await keep('none', [5, 6], ['加微信 vx5', '加微信 vx6']);
});
afterAll(() => at.stop());

async function keep(mode: 'pieces' | 'none', seqs: readonly number[], texts: readonly string[]): Promise<void> {
  const [conversationId] = await internConversations(at.db, [
    { appId, groupId: '@TGS#one', topicId: '', groupType: 'Public' },
  ]);
  const read = createContentReader(createTextPolicy({ INDEX_TEXT: mode, INDEX_TEXT_KEY: key }));
  await insertMessages(
    at.pool,
    seqs.map((msgSeq, n) => ({
      ...read([{ MsgType: 'TIMTextElem', MsgContent: { Text: texts[n] } }]),
      conversationId: Number(conversationId),
      msgSeq,
      appId,
      msgTime: Date.now() - 1_000,
      receivedAt: Date.now(),
      sender: 'spammer',
      raw: null,
    })),
  );
}
interface Found extends Page<FoundMessage> {
  readonly warnings: readonly { code: string; count: number }[];
}
async function planOf(selector: object): Promise<{ seqs: number[]; warnings: (readonly [string, number])[] }> {
  const { body } = await at.post<Recall>('/api/v1/recalls', { selector, reason: 'x', mode: 'plan' });
  const { hash } = createTextPolicy({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: key });
  await planRecall(at.db, body.id, undefined, hash);
  const plan = (await at.get<PlanPreview>(`/api/v1/recalls/${body.id}/plan`)).body;
  return {
    seqs: (await at.outcomes(body.id)).map(({ msgSeq }) => msgSeq).sort(),
    warnings: plan.warnings
      .map(({ code, count }) => [code, count] as const)
      .filter(([code]) => code.startsWith('text_')),
  };
}

test('a search finds what is kept as pieces, and says what it could not look into', async () => {
  const { body } = await at.get<Found>(`/api/v1/messages?keyword=${encodeURIComponent('加微')}`);
  expect(body.items.map(({ msgSeq, text, textKept }) => [msgSeq, text, textKept]).sort()).toEqual([
    [1, '加微信 vx1', true],
    [2, '', false],
    [3, '', false],
  ]);
  expect(body.warnings).toMatchObject([{ code: 'text_not_kept', count: 2 }]);
  expect((await at.get<Found>('/api/v1/messages?sender=spammer')).body.warnings).toEqual([]);
  const single = await at.get<Found>(`/api/v1/messages?keyword=${encodeURIComponent('微')}`);
  expect([single.body.items.map(({ msgSeq }) => msgSeq), single.body.warnings[0]?.count]).toEqual([[1], 5]);
  const page = await at.get<Found>(`/api/v1/messages?keyword=${encodeURIComponent('加微')}&limit=1`);
  const next = await at.get<Found>(
    `/api/v1/messages?keyword=${encodeURIComponent('加微')}&cursor=${page.body.nextCursor}`,
  );
  expect([page.body.warnings.length, next.body.warnings.length]).toEqual([1, 0]);
});

test('a plan says how many of its matches are approximate, and how many could not be looked into', async () => {
  expect(await planOf({ keywords: ['加微信'] })).toEqual({
    seqs: [1, 2],
    warnings: [
      ['text_as_pieces', 1],
      ['text_not_kept', 2],
    ],
  });
  // The pieces fit, the order does not.
  expect((await planOf({ keywords: ['信加微', '加微'] })).seqs).toEqual([1, 2, 3]);
  expect(await planOf({ keywords: ['加微信'], groupIds: ['@TGS#other'] })).toEqual({ seqs: [], warnings: [] });
  expect(await planOf({ senders: ['spammer'] })).toEqual({ seqs: [1, 2, 3, 4, 5, 6], warnings: [] });
});

test('copies of a message are found by equal pieces; one without a text has none', async () => {
  const one = { groupId: '@TGS#one', msgSeq: 2 };
  expect(await planOf({ sameTextAs: one })).toMatchObject({
    seqs: [2],
    warnings: [
      ['text_as_pieces', 1],
      ['text_not_kept', 2],
    ],
  });
  const refused = await at.get<Refused>(
    `/api/v1/messages?sameTextGroup=${encodeURIComponent('@TGS#one')}&sameTextSeq=5`,
  );
  expect([refused.status, refused.body.errors[0]?.path]).toEqual([422, 'sameTextSeq']);
});
