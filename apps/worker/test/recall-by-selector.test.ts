import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { insertMarks, internConversations } from '@chat-recall/shared/messages';
import { describeOnBackends } from '@chat-recall/testkit';
import { appId, startRig, type Rig } from './rig.ts';

describeOnBackends('recalls by selector', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
  });
  afterEach(() => rig.stop());

  test('by sender: every conversation, calls are the sum of ceil(n / 10), newest first', async () => {
    rig.group('@TGS#A');
    rig.group('@TGS#B');
    const [topic] = rig.group('@TGS#_C', 'Community', ['general']);
    const now = Math.floor(Date.now() / 1_000);
    const mine = await rig.say([
      ...Array.from({ length: 25 }, (_, at) => ({ groupId: '@TGS#A', msgTime: now - 1_000 + at })),
      ...Array.from({ length: 11 }, (_, at) => ({ groupId: '@TGS#B', msgTime: now - 90_000 + at })),
      ...Array.from({ length: 3 }, (_, at) => ({
        groupId: '@TGS#_C',
        topicId: String(topic),
        msgTime: now - 500_000 + at,
      })),
    ]);
    await rig.say([{ groupId: '@TGS#A', from: 'someone else' }]);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' });
    await rig.worker({ WORKER_CONCURRENCY: 1 });
    const recall = await rig.ended(id);

    expect(recall).toMatchObject({ state: 'completed', counts: { matched: 39, planned: 39, recalled: 39 } });
    expect(recall.batches).toEqual({ total: 3 + 2 + 1, done: 6 });
    expect(rig.calls()).toHaveLength(6);
    const first = mine
      .slice(15, 25)
      .map(({ msgSeq }) => msgSeq)
      .sort((a, b) => b - a);
    expect(rig.calls()[0]).toEqual(first);
    expect(rig.standIn.ledger.recalled().size).toBe(39);
    expect(rig.standIn.message('@TGS#A', null, 26)).toMatchObject({ from: 'someone else' });
    expect(rig.standIn.recalledMessages().has('@TGS#A:26')).toBe(false);
  });

  test('by keyword: folded, two Chinese characters, LIKE characters are only characters', async () => {
    rig.group('@TGS#A');
    const texts = [
      '请加微信领奖',
      '加 微信',
      'ＦＲＥＥ  Money',
      'free money now',
      'freemoney',
      '100%_off\\',
      '100 off',
      '微',
    ];
    const sent = await rig.say(texts.map((text) => ({ groupId: '@TGS#A', text })));
    await rig.worker();
    async function recalled(keywords: string[]): Promise<(string | undefined)[]> {
      const id = await rig.recall({ selector: { keywords }, reason: 'words', mode: 'plan' });
      await rig.planned(id);
      const planned = await rig.outcomes(id);
      return planned.map(({ msgSeq }) => sent.find((one) => one.msgSeq === msgSeq)?.text).sort();
    }
    expect(await recalled(['加微'])).toEqual(['请加微信领奖']);
    expect(await recalled(['free money'])).toEqual(['free money now', 'ＦＲＥＥ  Money']);
    expect(await recalled(['%_off\\'])).toEqual(['100%_off\\']);
    expect(await recalled(['微'])).toEqual(['加 微信', '微', '请加微信领奖']);
    expect(await recalled(['加微', 'freemoney'])).toEqual(['freemoney', '请加微信领奖']);
    expect(rig.calls()).toEqual([]);
  });

  test('by time window: from is inclusive, to is exclusive, exclusions and groups narrow it', async () => {
    rig.group('@TGS#A');
    rig.group('@TGS#B');
    const noon = Math.floor(Date.now() / 86_400_000) * 86_400 - 43_200;
    const at = (seconds: number): string => new Date((noon + seconds) * 1_000).toISOString();
    await rig.say([
      { groupId: '@TGS#A', msgTime: noon - 1 },
      { groupId: '@TGS#A', msgTime: noon },
      { groupId: '@TGS#A', msgTime: noon + 59, from: 'friend' },
      { groupId: '@TGS#A', msgTime: noon + 59 },
      { groupId: '@TGS#A', msgTime: noon + 60 },
      { groupId: '@TGS#B', msgTime: noon + 1 },
    ]);
    const id = await rig.recall({
      selector: { sentFrom: at(0), sentTo: at(60), excludeSenders: ['friend'], groupIds: ['@TGS#A'] },
      reason: 'window',
    });
    await rig.worker();
    expect((await rig.ended(id)).counts).toMatchObject({ matched: 2, recalled: 2 });
    expect(rig.calls()).toEqual([[4, 2]]);
  });

  test('explicit sequences need not be in the index; a limit keeps the newest and says how many matched', async () => {
    rig.group('@TGS#A');
    await rig.say(Array.from({ length: 12 }, () => ({ groupId: '@TGS#A' })));
    rig.standIn.send({ groupId: '@TGS#A', from: 'never indexed', text: 'x' });
    await rig.worker();
    const named = await rig.ended(
      await rig.recall({
        selector: { messages: [{ groupId: '@TGS#A', msgSeqs: [13, 2, 2, 4_000] }] },
        reason: 'a list',
      }),
    );
    expect(named).toMatchObject({ state: 'completed', counts: { planned: 3, recalled: 2, notFound: 1 } });
    const limited = await rig.ended(await rig.recall({ selector: { senders: ['spammer'], limit: 5 }, reason: 'few' }));
    expect(limited.counts).toMatchObject({ matched: 12, planned: 5, recalled: 5 });
    expect((await rig.outcomes(limited.id)).map(({ msgSeq }) => msgSeq)).toEqual([12, 11, 10, 9, 8]);
  });

  test('what is recalled already is in the plan as such, with what did it, and is not called', async () => {
    rig.group('@TGS#A');
    await rig.say(Array.from({ length: 4 }, () => ({ groupId: '@TGS#A' })));
    const [conversationId] = await internConversations(rig.db, [
      { appId, groupId: '@TGS#A', topicId: '', groupType: '' },
    ]);
    await insertMarks(rig.pool, [
      { conversationId: Number(conversationId), msgSeq: 3, recalledAt: Date.now(), operator: 'owner' },
    ]);
    await rig.worker();
    const first = await rig.ended(await rig.recall({ selector: { senders: ['spammer'] }, reason: 'one' }));
    const second = await rig.ended(await rig.recall({ selector: { senders: ['spammer'] }, reason: 'two' }));
    expect(first.counts).toMatchObject({ planned: 4, recalled: 4 });
    expect(rig.calls()).toEqual([[4, 2, 1]]);
    expect(second).toMatchObject({ state: 'completed', counts: { planned: 4, recalled: 4 }, batches: { total: 0 } });
    expect((await rig.outcomes(first.id)).find(({ msgSeq }) => msgSeq === 3)?.recalledBy?.operator).toBe('owner');
    expect((await rig.outcomes(second.id)).find(({ msgSeq }) => msgSeq === 4)?.recalledBy?.recallId).toBe(first.id);
  });

  test('a plan over many days and slices holds every message once', async () => {
    rig.group('@TGS#A');
    const now = Math.floor(Date.now() / 1_000);
    await rig.say(Array.from({ length: 500 }, (_, at) => ({ groupId: '@TGS#A', msgTime: now - (500 - at) * 5_000 })));
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'a month', mode: 'plan' });
    await rig.worker();
    await rig.planned(id);
    const seqs = (await rig.outcomes(id)).map(({ msgSeq }) => msgSeq);
    expect(seqs).toEqual(Array.from({ length: 500 }, (_, at) => 500 - at));
    expect((await rig.read(id)).batches.total).toBe(50);
  });
});
