import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { insertMarks, internConversations } from '@chat-recall/shared/messages';
import { requestVerification } from '@chat-recall/shared/recalls';
import { eventually } from '@chat-recall/testkit';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

let rig: Rig;
const start = async (options: Parameters<typeof startRig>[1] = {}): Promise<void> => {
  rig = await startRig(postgresBackend, { echoRecalls: false, ...options });
};
afterEach(() => rig.stop());

const many = (n: number, groupId = 'g', from = 'spammer') => Array.from({ length: n }, () => ({ groupId, from }));
const bySpammer = { selector: { senders: ['spammer'] }, reason: 'test' };

async function confirm(msgSeqs: readonly number[], groupId = 'g'): Promise<void> {
  const [conversationId] = await internConversations(rig.db, [{ appId, groupId, topicId: '', groupType: '' }]);
  await insertMarks(
    rig.pool,
    msgSeqs.map((msgSeq) => ({
      conversationId: Number(conversationId),
      msgSeq,
      recalledAt: Date.now(),
      operator: 'administrator',
    })),
  );
}

describe('grades of proof', () => {
  beforeEach(() => start());

  it('count what was answered, confirmed by callback and verified by history', async () => {
    rig.group('g');
    await rig.say(many(30));
    await rig.worker();
    const id = await rig.recall(bySpammer);
    expect((await rig.ended(id)).proof).toEqual({
      answered: 30,
      confirmed: 0,
      verified: 0,
      unproved: 30,
      flagged: false,
      verification: null,
      unverifiable: 0,
    });
    // In whatever order callback and answer come, and however often.
    await confirm([1, 2, 3, 4, 5]);
    await confirm([5, 1]);
    expect((await rig.read(id)).proof).toMatchObject({ answered: 30, confirmed: 5, verified: 0, unproved: 25 });
    await requestVerification(rig.db, id, false);
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect((await rig.read(id)).proof).toMatchObject({ answered: 30, confirmed: 5, verified: 25, unproved: 0 });
    await requestVerification(rig.db, id, true);
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect((await rig.read(id)).proof).toMatchObject({ confirmed: 5, verified: 30, unproved: 0, unverifiable: 0 });
    const { rows } = await rig.pool.query(
      `select count(*)::int as answered, count(callback_at)::int as confirmed, count(verified_at)::int as verified
         from recall_marks where recall_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ answered: 30, confirmed: 5, verified: 30 }]);
    const proved = (await rig.outcomes(id)).map(({ confirmedAt, verifiedAt }) => [
      confirmedAt !== null,
      verifiedAt !== null,
    ]);
    expect(proved.filter(([confirmed, verified]) => confirmed === true && verified === true)).toHaveLength(5);
    expect(proved.filter(([, verified]) => verified === true)).toHaveLength(30);
  });

  it('are wanted by themselves for what nobody confirmed in five minutes, and the recall is flagged till then', async () => {
    rig.group('g');
    await rig.say(many(12));
    const worker = await rig.worker({ RECALL_VERIFY: 'none' });
    const id = await rig.recall(bySpammer);
    await rig.ended(id);
    await rig.pool.query(`update recalls set finished_at = finished_at - interval '6 minutes' where id = $1`, [id]);
    expect((await rig.read(id)).proof).toMatchObject({ flagged: true, verification: null });
    await worker.stop();
    await rig.worker();
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect((await rig.read(id)).proof).toMatchObject({ verified: 12, flagged: false });
  });

  it('tell of a message that is still there although its recall was answered, and it can be retried', async () => {
    rig.group('g');
    await rig.say(many(5));
    await rig.worker();
    const id = await rig.recall(bySpammer);
    await rig.ended(id);
    const message = rig.standIn.message('g', null, 3);
    if (message !== undefined) message.recalled = null;
    await rig.pool.query(`update recall_marks set answered_at = answered_at - interval '2 minutes'`);
    await requestVerification(rig.db, id, false);
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect(await rig.read(id)).toMatchObject({
      state: 'completed_with_failures',
      counts: { recalled: 4, failed: 1 },
      proof: { answered: 4, verified: 4, unproved: 0 },
    });
    expect((await rig.outcomes(id, ['failed'])).map(({ msgSeq }) => msgSeq)).toEqual([3]);
  });

  it('of live groups stay at the answer: there is no history to ask', async () => {
    rig.group('live', 'AVChatRoom');
    await internConversations(rig.db, [{ appId, groupId: 'live', topicId: '', groupType: 'AVChatRoom' }]);
    await rig.say(many(3, 'live'));
    await rig.worker();
    const id = await rig.recall(bySpammer);
    await rig.ended(id);
    await requestVerification(rig.db, id, false);
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect((await rig.read(id)).proof).toMatchObject({ answered: 3, verified: 0, unproved: 3, unverifiable: 3 });
  });

  it('stay at the answer where history is not read, and whoever asks does not wait for ever', async () => {
    rig.group('g');
    await rig.say(many(3));
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    const id = await rig.recall(bySpammer);
    await rig.ended(id);
    await requestVerification(rig.db, id, true);
    await eventually(async () => (await rig.read(id)).proof.verification === 'done');
    expect((await rig.read(id)).proof).toMatchObject({ answered: 3, verified: 0, unverifiable: 3 });
  });
});

describe.each([0, 10030, 10032] as const)(
  'attempts that take effect and are not answered (again: %d)',
  (repeatRecallCode) => {
    it('end as recalled, each proved', async () => {
      await start({ repeatRecallCode });
      rig.group('g');
      await rig.say(many(60));
      rig.standIn.faults.add({ command: 'group_msg_recall', times: 3, effect: { kind: 'apply-then-reset' } });
      await rig.worker();
      const id = await rig.recall(bySpammer);
      const ended = await rig.ended(id);
      expect(ended).toMatchObject({ state: 'completed', counts: { recalled: 60, unknown: 0, notRecallable: 0 } });
      expect(ended.proof.answered).toBe(60);
      await requestVerification(rig.db, id, false);
      await eventually(async () => (await rig.read(id)).proof.unproved === 0);
      const { rows } = await rig.pool.query('select count(*)::int as n from evidence where recall_id = $1', [id]);
      expect(rows).toEqual([{ n: 60 }]);
    });
  },
);

describe('lost attempts before the group allows no recalling', () => {
  it('stay recalled, and are not ended with what was still to be called', async () => {
    await start();
    rig.group('g');
    await rig.say(many(20));
    rig.standIn.faults.add({ command: 'group_msg_recall', times: 1, effect: { kind: 'apply-then-reset' } });
    rig.standIn.faults.add({
      command: 'group_msg_recall',
      times: Infinity,
      effect: { kind: 'error-code', code: 10033 },
    });
    await rig.worker();
    const id = await rig.recall(bySpammer);
    expect(await rig.ended(id)).toMatchObject({
      counts: { recalled: 10, notRecallable: 10, unknown: 0 },
    });
  });
});

describe('lost attempts without effect', () => {
  it('are not taken for recalled when the message is not recallable', async () => {
    await start();
    rig.group('g');
    await rig.say(many(4));
    rig.standIn.faults.add({ command: 'group_msg_recall', times: 1, effect: { kind: 'reset' } });
    rig.standIn.faults.add({
      command: 'group_msg_recall',
      times: Infinity,
      sequence: 2,
      effect: { kind: 'sequence-code', code: 10032 },
    });
    await rig.worker();
    const id = await rig.recall(bySpammer);
    expect(await rig.ended(id)).toMatchObject({ counts: { recalled: 3, notRecallable: 1, unknown: 0 } });
  });
});

describe('checks before a recall', () => {
  beforeEach(() => start());

  /** A callback that names another sender than the platform has. */
  async function forge(msgSeqs: readonly number[], sender: string): Promise<void> {
    await rig.pool.query('update messages set sender = $1 where msg_seq = any($2)', [sender, msgSeqs]);
  }

  it('leave out what history says somebody else sent', async () => {
    rig.group('g');
    rig.group('live', 'AVChatRoom');
    await internConversations(rig.db, [{ appId, groupId: 'live', topicId: '', groupType: 'AVChatRoom' }]);
    await rig.say([...many(25), ...many(10, 'g', 'victim'), ...many(2, 'live')]);
    await forge([26, 27, 28], 'spammer');
    await rig.worker();
    const id = await rig.recall({ ...bySpammer, mode: 'plan', verifySenders: true });
    await rig.planned(id);
    const planned = await rig.read(id);
    expect(planned).toMatchObject({
      counts: { matched: 30, planned: 27 },
      check: {
        senders: true,
        texts: false,
        state: 'done',
        checked: 30,
        unverifiable: 2,
        senderDiffers: 3,
        noMatch: 0,
        edited: 0,
      },
    });
    // Full batches again: 25 in three calls, and the live group's two.
    expect(planned.batches.total).toBe(4);
    await rig.execute(id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 27 } });
    expect([...rig.standIn.recalledMessages()]).toHaveLength(27);
    for (const seq of [26, 27, 28]) expect(rig.standIn.message('g', null, seq)?.recalled).toBeNull();
  });

  it('read edited texts again, leave out what matches no more, and settle what is recalled already', async () => {
    rig.group('g');
    await rig.say([
      { groupId: 'g', from: 'a', text: '加微信 one' },
      { groupId: 'g', from: 'b', text: '加微信 two' },
      { groupId: 'g', from: 'c', text: '加微信 three' },
      { groupId: 'g', from: 'd', text: '加微信 four' },
    ]);
    const edit = (seq: number, text: string): void => {
      const message = rig.standIn.message('g', null, seq) as { body: unknown } | undefined;
      if (message !== undefined) message.body = [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }];
    };
    edit(2, 'sorry, nothing');
    edit(3, 'still ＡＤＤ 加微信 here');
    rig.standIn.recallByClient({ groupId: 'g', msgSeqs: [4], by: 'd', callback: false });
    await rig.worker();
    const id = await rig.recall({ selector: { keywords: ['加微信'] }, reason: 'test', refresh: true });
    const ended = await rig.ended(id);
    expect(ended).toMatchObject({
      counts: { matched: 4, planned: 3, recalled: 3 },
      check: { texts: true, noMatch: 1, edited: 1 },
    });
    expect(rig.standIn.message('g', null, 2)?.recalled).toBeNull();
    expect(rig.calls().flat().sort()).toEqual([1, 3]);
  });

  it('go on where a stopped worker left them', async () => {
    rig.group('g');
    await rig.say(many(900));
    await forge([5, 895], 'innocent');
    await forge([10, 890], 'spammer');
    const first = await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 20 });
    const id = await rig.recall({ ...bySpammer, mode: 'plan', verifySenders: true });
    await eventually(async () => ((await rig.read(id)).check?.checked ?? 0) > 0);
    await first.stop();
    await rig.pool.query('update recalls set plan_lease_until = null');
    await rig.worker();
    await rig.planned(id);
    expect(await rig.read(id)).toMatchObject({ counts: { planned: 898 }, check: { checked: 898, senderDiffers: 0 } });
  });

  it('fail the plan, and call nothing, when history cannot be asked', async () => {
    rig.group('g');
    await rig.say(many(3));
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    const id = await rig.recall({ ...bySpammer, verifySenders: true });
    await eventually(async () => (await rig.read(id)).state === 'failed');
    expect((await rig.read(id)).stateNote).toContain('verifySenders');
    expect(rig.calls()).toEqual([]);
  });
});
