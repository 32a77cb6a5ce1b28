import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { insertMarks, internConversations } from '@chat-recall/shared/messages';
import {
  beginBatch,
  executeRecall,
  expireLeases,
  feedBatches,
  finishAttempt,
  planRecall,
  resumeRecall,
  retryRecall,
} from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { appId, startRig, type Rig } from './rig.ts';

/** Nothing but the next answer tells what a lost attempt did; with history see proof.test.ts. */
const withoutHistory = { TENCENT_HISTORY_CALLS_PER_SECOND: 0 };

describeOnBackends('what becomes of a sequence', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
  });
  afterEach(() => rig.stop());

  async function recallOf(messages: number, more: object = {}): Promise<string> {
    await rig.say(Array.from({ length: messages }, () => ({ groupId: '@TGS#A' })));
    return rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', ...more });
  }
  async function stateOf(id: string, msgSeq: number): Promise<string | undefined> {
    return (await rig.outcomes(id)).find((outcome) => outcome.msgSeq === msgSeq)?.state;
  }

  test('every code lands on its own sequence, with its meaning in words', async () => {
    for (const [sequence, code] of [
      [1, 10030],
      [2, 10031],
      [3, 10032],
      [4, 0],
    ] as const) {
      if (code !== 0) rig.standIn.faults.add({ sequence, effect: { kind: 'sequence-code', code } });
    }
    rig.standIn.faults.add({ effect: { kind: 'shuffle' }, times: Infinity });
    await rig.worker();
    // One fault a call at most: each code needs a call of its own.
    await rig.say(Array.from({ length: 4 }, () => ({ groupId: '@TGS#A' })));
    const ids = [];
    for (const seq of [1, 2, 3, 4]) {
      const selector = { messages: [{ groupId: '@TGS#A', msgSeqs: [seq] }] };
      ids.push((await rig.ended(await rig.recall({ selector, reason: 'spam' }))).id);
    }
    const outcomes = (await Promise.all(ids.map((id) => rig.outcomes(id)))).flat();
    expect(outcomes.map(({ msgSeq, state, retCode }) => [msgSeq, state, retCode])).toEqual([
      [1, 'not_found', 10030],
      [2, 'expired', 10031],
      [3, 'not_recallable', 10032],
      [4, 'recalled', 0],
    ]);
    expect(outcomes.every(({ meaning, attempts }) => meaning !== null && attempts === 1)).toBe(true);
  });

  test.each(['missing', 'surplus', 'shuffle'] as const)('a %s item in RecallRetList costs nothing', async (kind) => {
    rig.standIn.faults.add({ effect: { kind } });
    const id = await recallOf(10);
    await rig.worker(withoutHistory);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 10 } });
    expect((await rig.outcomes(id)).filter(({ presumed }) => presumed)).toHaveLength(kind === 'missing' ? 1 : 0);
  });

  test('one poison sequence in a batch refused as a whole: the nine others are recalled, eight extra calls at most', async () => {
    rig.standIn.faults.add({ sequence: 4, effect: { kind: 'poison' } });
    const id = await recallOf(10);
    await rig.worker();
    const recall = await rig.ended(id);
    expect(recall).toMatchObject({ state: 'completed_with_failures', counts: { recalled: 9, failed: 1 } });
    expect((await rig.outcomes(id, ['failed'])).map(({ msgSeq, retCode }) => [msgSeq, retCode])).toEqual([[4, 10004]]);
    expect(rig.calls().length).toBeLessThanOrEqual(9);
  });

  test('a failed batch retried by job.retry() is called again for what failed, and only for that', async () => {
    rig.standIn.faults.add({ sequence: 4, effect: { kind: 'poison' } });
    const id = await recallOf(10);
    await rig.worker();
    await rig.ended(id);
    const [job] = await eventually(async () => {
      const failed = await rig.batches.getFailed();
      return failed.length > 0 && failed;
    });
    expect(job?.failedReason).toContain('10004');
    rig.standIn.faults.clear();
    const before = rig.calls().length;
    await job?.retry('failed');
    await eventually(async () => (await stateOf(id, 4)) === 'recalled');
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 10, failed: 0 } });
    expect(rig.calls().slice(before)).toEqual([[4]]);
    expect(await eventually(async () => job?.getState().then((state) => state === 'completed'))).toBe(true);
  });

  test('retry of a batch whose sequences are settled calls nothing', async () => {
    const id = await recallOf(3);
    await rig.worker();
    await rig.ended(id);
    const [job] = await eventually(async () => {
      const completed = await rig.batches.getCompleted();
      return completed.length > 0 && completed;
    });
    await job?.retry('completed');
    await eventually(async () => (await rig.batches.getCompletedCount()) === 1);
    expect(rig.calls()).toHaveLength(1);
    expect(await rig.read(id)).toMatchObject({ state: 'completed', counts: { recalled: 3 } });
  });

  test('a group that is gone ends all its sequences with one call; other groups go on', async () => {
    rig.group('@TGS#B');
    await rig.say(Array.from({ length: 35 }, () => ({ groupId: '@TGS#A' })));
    await rig.say([{ groupId: '@TGS#B' }]);
    rig.standIn.destroyGroup('@TGS#A');
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' });
    await rig.worker({ WORKER_CONCURRENCY: 1 });
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { notFound: 35, recalled: 1 } });
    expect(rig.calls()).toHaveLength(2);
  });

  test('recalling switched off for the app pauses the recall with the reason; after resume it completes', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10041 }, times: Infinity });
    const id = await recallOf(500);
    await rig.worker();
    const paused = await eventually(async () => {
      const recall = await rig.read(id);
      return recall.state === 'paused' && recall;
    });
    expect(paused).toMatchObject({ pauseCode: 10041, stateNote: expect.stringContaining('switched off') });
    await eventually(async () => (await rig.batches.getActiveCount()) === 0);
    expect(rig.calls().length).toBeLessThanOrEqual(20);
    expect((await rig.read(id)).counts).toMatchObject({ pending: 500, failed: 0 });
    rig.standIn.faults.clear();
    await resumeRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 500 } });
  });

  test('a wrong key pauses the recall', async () => {
    const id = await recallOf(3);
    await rig.worker({ TENCENT_SECRET_KEY: 'another key' });
    const paused = await eventually(async () => {
      const recall = await rig.read(id);
      return recall.state === 'paused' && recall;
    });
    expect(paused.stateNote).toContain('TENCENT_SECRET_KEY');
  });

  test('"no permission" fails its group; from three groups in a row it stops the app', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10007 }, times: Infinity });
    for (const name of ['B', 'C', 'D', 'E', 'F']) {
      rig.group(`@TGS#${name}`);
      await rig.say([{ groupId: `@TGS#${name}` }]);
    }
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' });
    await rig.worker({ WORKER_CONCURRENCY: 1 });
    const paused = await eventually(async () => {
      const recall = await rig.read(id);
      return recall.state === 'paused' && recall;
    });
    expect(paused).toMatchObject({ pauseCode: 10007, counts: { failed: 3, pending: 2 } });
  });

  test.each(['apply-then-reset', 'apply-then-hang'] as const)(
    '%s: the answer is lost, the recall is not',
    async (kind) => {
      rig.standIn.faults.add({ effect: { kind }, times: 2 });
      const id = await recallOf(15);
      await rig.worker(withoutHistory);
      expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 15, unknown: 0 } });
      expect((await rig.outcomes(id)).every(({ presumed, attempts }) => presumed && attempts === 2)).toBe(true);
    },
  );

  test.each([
    { kind: 'http', status: 502 },
    { kind: 'reset' },
    { kind: 'garbage' },
    { kind: 'error-code', code: 60007 },
    { kind: 'error-code', code: 91000 },
    { kind: 'error-code', code: 70003 },
  ] as const)('%j is tried again until it works', async (effect) => {
    rig.standIn.faults.add({ effect, times: 1 });
    const id = await recallOf(3);
    await rig.worker();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 3 } });
    expect(rig.calls()).toHaveLength(2);
  });

  test('an unknown that nothing resolves ends unknown when its time is over; retry takes it up again', async () => {
    rig.standIn.faults.add({ effect: { kind: 'reset' }, times: Infinity });
    const id = await recallOf(2);
    await rig.worker();
    await eventually(async () => (await rig.read(id)).counts.unknown === 2);
    await rig.pool.query(
      `update outcomes set tries = 20, lost_since = now() - interval '6 minutes' where recall_id = $1`,
      [id],
    );
    expect(await rig.ended(id)).toMatchObject({ state: 'completed_with_failures', counts: { unknown: 2 } });
    rig.standIn.faults.clear();
    await retryRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 2, unknown: 0 } });
  });

  test('a mark that comes after the plan settles without a call', async () => {
    const id = await recallOf(4, { mode: 'plan' });
    await rig.worker();
    await rig.planned(id);
    const [conversationId] = await internConversations(rig.db, [
      { appId, groupId: '@TGS#A', topicId: '', groupType: '' },
    ]);
    await insertMarks(
      rig.pool,
      [1, 2, 3, 4].map((msgSeq) => ({
        conversationId: Number(conversationId),
        msgSeq,
        recalledAt: Date.now(),
        operator: 'owner',
      })),
    );
    await executeRecall(rig.db, id, { name: 'tester', person: '', approveAbove: null, maxMessages: null });
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 4 } });
    expect(rig.calls()).toEqual([]);
  });

  test('a worker that lost its lease cannot write; what it had in hand is unknown, tried again, and settled', async () => {
    const id = await recallOf(3);
    await planRecall(rig.db, id);
    const [batch] = await feedBatches(rig.db, appId, 20);
    if (batch === undefined) throw new Error('nothing was fed');
    const begun = await beginBatch(rig.db, batch, { name: 'silent', starts: 1, leaseSeconds: 0 });
    expect(begun?.open.map(({ msgSeq }) => msgSeq)).toEqual([3, 2, 1]);
    expect(await beginBatch(rig.db, batch, { name: 'second', starts: 1, leaseSeconds: 10 })).toBeNull();
    expect(await expireLeases(rig.db)).toBe(1);
    expect((await rig.read(id)).counts).toMatchObject({ unknown: 3, pending: 0 });
    const late = await finishAttempt(rig.db, {
      key: { ...batch, fence: begun?.fence ?? 0 },
      attempt: {
        id: begun?.attemptId ?? 0,
        answer: { kind: 'answered', errorCode: 0, httpStatus: 200, body: new Map() },
      },
      verdicts: [{ msgSeq: 3, state: 'failed', retCode: 1, presumed: false, lost: false, counts: true }],
      next: 'done',
      pauseMs: 0,
      sent: null,
    });
    expect(late.held).toBe(false);
    expect((await rig.read(id)).counts).toMatchObject({ unknown: 3, failed: 0 });
    await rig.worker();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 3 } });
  });
});
