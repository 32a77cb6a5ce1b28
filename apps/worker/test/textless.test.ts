import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  createContentReader,
  createTextPolicy,
  insertMessages,
  internConversations,
} from '@chat-recall/shared/messages';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

const config = { INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: 'a key of thirty-two characters or so' } as const;
let rig: Rig;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
  rig.group('g');
});
afterEach(() => rig.stop());

/** Writes in the stand-in's group, and puts it into the index as pieces. */
async function say(messages: readonly { from: string; text: string }[], sender?: string): Promise<void> {
  const [conversationId] = await internConversations(rig.db, [{ appId, groupId: 'g', topicId: '', groupType: '' }]);
  const read = createContentReader(createTextPolicy(config));
  await insertMessages(
    rig.pool,
    messages.map(({ from, text }) => {
      const { msgSeq, msgTime } = rig.standIn.send({ groupId: 'g', from, text });
      return {
        ...read([{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }]),
        conversationId: Number(conversationId),
        msgSeq,
        appId,
        msgTime: msgTime * 1_000,
        receivedAt: Date.now(),
        sender: sender ?? from,
        raw: null,
      };
    }),
  );
}

test('a keyword recall finds what is kept as pieces; with refresh only what holds the word is called', async () => {
  await say([
    { from: 'a', text: '加微信 one' },
    { from: 'b', text: '微信加微 two' },
    { from: 'c', text: 'hello' },
  ]);
  await rig.worker(config);
  const plain = await rig.recall({ selector: { keywords: ['加微信'] }, reason: 'r', mode: 'plan' });
  await rig.planned(plain);
  expect((await rig.outcomes(plain)).map(({ msgSeq }) => msgSeq)).toEqual([2, 1]);
  const ended = await rig.ended(await rig.recall({ selector: { keywords: ['加微信'] }, reason: 'r', refresh: true }));
  expect(ended).toMatchObject({ counts: { planned: 1, recalled: 1 }, check: { noMatch: 1, edited: 0 } });
  expect(rig.calls()).toEqual([[1]]);
  const { rows } = await rig.pool.query('select text from plan_findings union all select text from evidence');
  expect(rows).toEqual([{ text: null }, { text: '' }]);
});

test('of an erased person history does not tell the index who it was', async () => {
  await say([{ from: 'canary-gone', text: 'hello' }], 'erased:019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f');
  await rig.worker(config);
  const selector = { senders: ['erased:019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f'] };
  const ended = await rig.ended(await rig.recall({ selector, reason: 'r', verifySenders: true, refresh: true }));
  expect(ended).toMatchObject({ counts: { planned: 1, recalled: 1 }, check: { senderDiffers: 0 } });
  expect((await rig.pool.query('select 1 from plan_findings')).rowCount).toBe(0);
});
