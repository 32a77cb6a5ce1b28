import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cancelRecall, pauseRecall, resumeRecall } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { startRig, type Rig } from './rig.ts';

describeOnBackends('control of a running recall', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
    rig.group('@TGS#B');
  });
  afterEach(() => rig.stop());

  async function big(messages = 600): Promise<string> {
    await rig.say(Array.from({ length: messages }, () => ({ groupId: '@TGS#A' })));
    return rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', priority: 'bulk' });
  }
  const called = (atLeast: number): Promise<unknown> => eventually(() => rig.calls().length >= atLeast);
  const idle = (): Promise<unknown> => eventually(async () => (await rig.batches.getActiveCount()) === 0);

  test('pause stops calling and resume goes on with the same plan', async () => {
    const id = await big();
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 50 });
    await called(5);
    await pauseRecall(rig.db, id);
    await idle();
    const before = rig.calls().length;
    const paused = await rig.read(id);
    expect(paused).toMatchObject({ state: 'paused', counts: { unknown: 0, failed: 0 } });
    expect(paused.counts.recalled).toBe(before * 10);
    await expect(pauseRecall(rig.db, id)).rejects.toMatchObject({ code: 'conflict' });
    await resumeRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 600 } });
    expect(rig.calls()).toHaveLength(60);
  });

  test('cancel ends it: what was done stays told, the rest is cancelled and never called', async () => {
    const id = await big();
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 50 });
    await called(5);
    await cancelRecall(rig.db, id);
    await idle();
    const recall = await rig.ended(id);
    expect(recall.state).toBe('cancelled');
    expect(recall.counts.recalled).toBe(rig.standIn.ledger.recalled().size);
    expect(recall.counts.cancelled).toBe(600 - recall.counts.recalled);
    await expect(resumeRecall(rig.db, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('cancelled between the parts of a batch that was refused as a whole, the rest is cancelled, too', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10004, ms: 2_000 } });
    const id = await big(20);
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 10, WORKER_CONCURRENCY: 1 });
    await called(1);
    await cancelRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 20 } });
    expect(rig.calls()).toHaveLength(1);
  });

  test('cancelled while the platform refuses the signature, it is not called again with a new one', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 70_001, ms: 2_000 } });
    const id = await big(10);
    await rig.worker();
    await called(1);
    await cancelRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'cancelled', counts: { cancelled: 10 } });
    expect(rig.calls()).toHaveLength(1);
  });

  test('an urgent recall overtakes a bulk one that is running', async () => {
    const bulk = await big(1_500);
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 50, WORKER_CONCURRENCY: 5 });
    await called(3);
    await rig.say(Array.from({ length: 100 }, () => ({ groupId: '@TGS#B', from: 'raider' })));
    const before = rig.calls().length;
    const urgent = await rig.recall({ selector: { senders: ['raider'] }, reason: 'raid', priority: 'urgent' });
    await rig.ended(urgent);
    const groups = rig.standIn.ledger
      .calls({ command: 'group_msg_recall' })
      .slice(before)
      .map(({ groupId }) => groupId);
    const last = groups.lastIndexOf('@TGS#B');
    // At most what was in hand, or had its slot, when each urgent batch came goes between.
    expect(groups.slice(0, last).filter((group) => group === '@TGS#A').length).toBeLessThan(40);
    expect((await rig.read(bulk)).state).toBe('running');
    await cancelRecall(rig.db, bulk);
  });

  test('a small recall is not blocked by a giant one of the same priority', async () => {
    const giant = await big(1_500);
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 50 });
    await called(3);
    await rig.say([{ groupId: '@TGS#B', from: 'other' }]);
    const small = await rig.recall({ selector: { senders: ['other'] }, reason: 'one', priority: 'bulk' });
    await rig.ended(small);
    expect((await rig.read(giant)).state).toBe('running');
    await cancelRecall(rig.db, giant);
  });

  test('jobs that the queue has lost are put back: the recall completes by itself', async () => {
    const id = await big(400);
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 30 });
    await called(3);
    await rig.loseBatches();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 400 } });
  });

  test('the calls of several workers share one budget', async () => {
    const id = await big(3_000);
    // Each by itself would stay below 200; together they would not. Far enough below for a stand-in that
    // shares this process: when its event loop stands still, it sees calls later than they were made.
    const budget = { TENCENT_CALLS_PER_SECOND: 120 };
    await Promise.all([rig.worker(budget), rig.worker(budget), rig.worker(budget)]);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 3_000 } });
    expect(rig.calls()).toHaveLength(300);
    expect(rig.standIn.ledger.maxCallsInAnySlidingSecond('group_msg_recall')).toBeLessThanOrEqual(200);
  });
});
