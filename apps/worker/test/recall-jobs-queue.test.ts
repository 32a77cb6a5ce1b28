import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Job } from '@chat-recall/shared/queue';
import { createRecall, parseOrThrow, recallRequestSchema } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { appId, startRig, type Rig } from './rig.ts';

describeOnBackends('jobs of producers', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
    await rig.say(Array.from({ length: 12 }, () => ({ groupId: '@TGS#A' })));
  });
  afterEach(() => rig.stop());

  const request = { selector: { senders: ['spammer'] }, reason: 'pipeline' };
  async function finished(job: Job): Promise<Job> {
    await eventually(async () => (await job.isCompleted()) || (await job.isFailed()));
    return eventually(() => rig.jobs.getJob(String(job.id)));
  }
  const recalls = async (): Promise<string[]> =>
    (await rig.db.selectFrom('recalls').select('id').execute()).map(({ id }) => id);

  test('a bare job is a recall; its return value names it', async () => {
    await rig.worker();
    const job = await finished(await rig.jobs.add('recall', { ...request, requestedBy: 'pipeline-7' }));
    expect(job.returnvalue).toMatchObject({ planned: 12 });
    const [id] = await recalls();
    expect(job.returnvalue).toMatchObject({ recallId: id });
    expect(await rig.ended(String(id))).toMatchObject({
      state: 'completed',
      source: 'queue',
      requestedBy: 'pipeline-7',
      counts: { recalled: 12 },
    });
  });

  test.each([
    [{}, ['selector is required', 'reason is required']],
    [{ selector: {}, reason: 'x' }, ['selector selects nothing']],
    [{ selector: { keywords: [' '] }, reason: 'x' }, ['selector.keywords[0]']],
    [{ selector: { senders: ['a'], nonsense: 1 }, reason: 'x' }, ['selector.nonsense is not a known field']],
    [
      { selector: { messages: [{ groupId: 'g', msgSeqs: [1.5, -1] }] }, reason: 'x' },
      ['selector.messages[0].msgSeqs[0]', 'selector.messages[0].msgSeqs[1]'],
    ],
    [{ selector: { senders: ['a'], sdkAppId: 7 }, reason: 'x' }, ['selector.sdkAppId']],
    ['not an object', ['object']],
  ])('invalid data %j fails the job at once and names the fields', async (data, named) => {
    await rig.worker();
    const job = await finished(await rig.jobs.add('recall', data, { attempts: 5 }));
    expect(await job.isFailed()).toBe(true);
    expect(job.attemptsMade).toBe(1);
    for (const name of named) expect(job.failedReason).toContain(name);
    expect(await recalls()).toEqual([]);
    expect(rig.calls()).toEqual([]);
  });

  test('one idempotency key is one recall; with another request it fails', async () => {
    await rig.worker();
    const keyed = { ...request, idempotencyKey: 'wave-1' };
    const first = await finished(await rig.jobs.add('recall', keyed));
    const second = await finished(await rig.jobs.add('recall', keyed));
    const third = await finished(await rig.jobs.add('recall', { ...keyed, reason: 'another' }));
    expect(second.returnvalue).toMatchObject({ recallId: (first.returnvalue as { recallId: string }).recallId });
    expect(third.failedReason).toContain('idempotency key');
    expect(await recalls()).toHaveLength(1);
  });

  test('a completed job that is run again finds its recall and calls nothing twice', async () => {
    await rig.worker();
    const job = await finished(await rig.jobs.add('recall', request));
    const [id] = await recalls();
    await rig.ended(String(id));
    await job.retry('completed');
    await finished(job);
    expect(await recalls()).toEqual([id]);
    expect(rig.calls()).toHaveLength(2);
  });

  test('a recall that was stored but never enqueued starts by itself', async () => {
    const { id } = await createRecall(rig.db, {
      appId,
      request: parseOrThrow(recallRequestSchema, request),
      requestedBy: 'tester',
      source: 'api',
      idempotencyKey: null,
    });
    await rig.worker();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 12 } });
  });

  test('a job in recall-batches that is none fails for good', async () => {
    await rig.worker();
    const job = await rig.batches.add('batch', { recallId: 'nonsense' });
    const failed = await eventually(async () => {
      // The reason is what was read with the job: it may fail between that and a look at its state.
      const now = await rig.batches.getJob(String(job.id));
      return now?.failedReason !== undefined && now;
    });
    expect(failed.failedReason).toContain('recallId');
  });
});
