import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listAudit, verifyAudit, type AuditEntry } from '@chat-recall/shared/audit';
import {
  approvalExpiresHours,
  approveRecall,
  executeRecall,
  listEvidence,
  protectMessage,
  protectSender,
  resumeRecall,
  type Recall,
} from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { appId, startRig, type Rig } from './rig.ts';

const executor = { name: 'tester', person: 'tester', approveAbove: null, maxMessages: null };

describeOnBackends('who may have what recalled', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
  });
  afterEach(() => rig.stop());

  const say = (messages: number, from = 'spammer') =>
    rig.say(Array.from({ length: messages }, () => ({ groupId: '@TGS#A', from, text: 'buy gold' })));
  const auditOf = async (recallId: string | null): Promise<AuditEntry[]> =>
    (await listAudit(rig.db, { action: null, actor: null, recallId, before: null, limit: 1_000 })).items.toReversed();
  const actions = async (recallId: string): Promise<string[]> =>
    (await auditOf(recallId)).map(({ action, actor }) => `${action} by ${actor}`);
  /** A recall that a producer asked for, once it is planned. */
  const fromQueue = async (data: object): Promise<Recall> => {
    const job = await rig.jobs.add('recall', data);
    const done = await eventually(async () => {
      // Only what is read once it is completed has its return value.
      return (await job.isCompleted()) && rig.jobs.getJob(String(job.id));
    });
    return rig.read((done.returnvalue as { recallId: string }).recallId);
  };
  const request = { selector: { senders: ['spammer'] }, reason: 'pipeline', requestedBy: 'pipeline-7' };

  test('jobs of producers wait above their bound, are refused above the other, and run below', async () => {
    await rig.worker({ QUEUE_APPROVAL_ABOVE: 12, QUEUE_MAX_MESSAGES: 20 });
    await say(12);
    const small = await fromQueue(request);
    expect(small).toMatchObject({ approval: null, requestedBy: 'pipeline-7', source: 'queue' });
    expect(await rig.ended(small.id)).toMatchObject({ state: 'completed', counts: { recalled: 12 } });

    await say(13);
    const waiting = await fromQueue(request);
    expect(waiting).toMatchObject({ state: 'awaiting_approval', approval: { above: 12 } });
    await say(8, 'raider');
    const large = await fromQueue({ ...request, selector: { senders: ['spammer', 'raider'] } });
    expect(large).toMatchObject({ state: 'failed', stateNote: expect.stringMatching(/21 messages.* 20 /u) });
    expect(rig.calls()).toHaveLength(2);

    // Whose name the job bears cannot approve it either: it may be true.
    await expect(approveRecall(rig.db, waiting.id, { name: 'pipeline-7', person: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await approveRecall(rig.db, waiting.id, { name: 'ann', person: 'Ann' });
    expect(await rig.ended(waiting.id)).toMatchObject({
      state: 'completed',
      counts: { recalled: 25 },
      approval: { approvedBy: 'ann' },
    });
    const [row] = await auditOf(small.id);
    expect(row).toMatchObject({
      action: 'recall.create',
      actor: 'queue',
      person: '',
      role: 'queue',
      via: 'queue',
      details: {
        requestedBy: 'pipeline-7',
        reason: 'pipeline',
        selector: { senders: [expect.stringMatching(/^[\da-f-]{36}$/u)] },
      },
    });
    expect(JSON.stringify(await auditOf(null))).not.toMatch(/spammer|raider|gold/u);
  });

  test('by default nothing bounds them', async () => {
    await rig.worker();
    await say(30);
    const { id } = await fromQueue(request);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 30 } });
  });

  test('what nobody approves in time is cancelled', async () => {
    await rig.worker({ QUEUE_APPROVAL_ABOVE: 1 });
    await say(15);
    const { id } = await fromQueue(request);
    const waited = (hours: number) =>
      rig.pool.query('update recalls set awaiting_since = now() - make_interval(mins => $2) where id = $1', [
        id,
        hours * 60,
      ]);
    await waited(approvalExpiresHours - 0.1);
    // The reconciler has looked meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await rig.read(id)).toMatchObject({ state: 'awaiting_approval' });
    await waited(approvalExpiresHours + 0.1);
    expect(await rig.ended(id)).toMatchObject({
      state: 'cancelled',
      stateNote: 'nobody approved it within 72 hours',
      counts: { planned: 15, cancelled: 15 },
    });
    await expect(approveRecall(rig.db, id, { name: 'ann', person: 'Ann' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await actions(id)).toEqual(['recall.create by queue', 'recall.expire by system']);
    expect(rig.calls()).toEqual([]);
  });

  test('what is protected is left out of the plan, and of calls though it was planned before', async () => {
    await rig.worker();
    const [first] = await say(10);
    await say(10, 'boss');
    await say(10, 'late');
    const message = { groupId: '@TGS#A', topicId: null, reason: 'r', createdBy: 'admin' };
    await protectSender(rig.db, appId, { sender: 'boss', reason: 'r', createdBy: 'admin' });
    await protectMessage(rig.db, appId, { ...message, msgSeq: Number(first?.msgSeq) });
    const selector = { senders: ['spammer', 'boss', 'late'] };
    const id = await rig.recall({ selector, reason: 'x', mode: 'plan' });
    await rig.planned(id);
    expect(await rig.read(id)).toMatchObject({ protectedLeftOut: 11, counts: { matched: 30, planned: 19 } });

    await protectSender(rig.db, appId, { sender: 'late', reason: 'r', createdBy: 'admin' });
    await protectMessage(rig.db, appId, { ...message, msgSeq: Number(first?.msgSeq) + 1 });
    await executeRecall(rig.db, id, executor);
    expect(await rig.ended(id)).toMatchObject({
      state: 'completed_with_failures',
      counts: { recalled: 8, cancelled: 11 },
    });
    const called = rig
      .calls()
      .flat()
      .sort((a, b) => a - b);
    expect(called).toEqual(Array.from({ length: 8 }, (_, n) => Number(first?.msgSeq) + 2 + n));
    const untouched = (await rig.outcomes(id, ['cancelled'])).map(({ attempts, retCode }) => [attempts, retCode]);
    expect(new Set(untouched.map(String))).toEqual(new Set(['0,']));
  });

  test('a sequence that the index never saw, too', async () => {
    await rig.worker();
    await protectMessage(rig.db, appId, {
      groupId: '@TGS#A',
      topicId: null,
      msgSeq: 5,
      reason: 'r',
      createdBy: 'admin',
    });
    const id = await rig.recall({ selector: { messages: [{ groupId: '@TGS#A', msgSeqs: [4, 5] }] }, reason: 'x' });
    await rig.ended(id);
    expect(rig.calls()).toEqual([[4]]);
  });

  test('a first wave that goes well is followed by the rest', async () => {
    await rig.worker();
    await say(60);
    const id = await rig.recall({
      selector: { senders: ['spammer'] },
      reason: 'x',
      canary: { messages: 20, maxFailedShare: 0 },
    });
    expect(await rig.ended(id)).toMatchObject({
      state: 'completed',
      canary: { messages: 20, state: 'passed' },
      counts: { recalled: 60 },
    });
    expect(rig.calls()).toHaveLength(6);
  });

  test('a first wave of which too much fails stops the recall, and a person lets it go on', async () => {
    rig.standIn.faults.add({ effect: { kind: 'sequence-code', code: 10032 }, times: 2 });
    await rig.worker();
    await say(60);
    const id = await rig.recall({
      selector: { senders: ['spammer'] },
      reason: 'x',
      canary: { messages: 20, maxFailedShare: 0.5 },
    });
    const paused = await eventually(async () => {
      const now = await rig.read(id);
      return now.state === 'paused' && now;
    });
    expect(paused).toMatchObject({
      canary: { messages: 20, maxFailedShare: 0.5, state: 'stopped' },
      stateNote: expect.stringMatching(/^100 % of the first wave failed; 50 % were allowed/u),
      counts: { notRecallable: 20, pending: 40 },
    });
    expect(rig.calls()).toHaveLength(2);
    expect(await actions(id)).toEqual(['recall.canary_stop by system']);
    await resumeRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({
      state: 'completed_with_failures',
      canary: { state: 'passed' },
      counts: { notRecallable: 20, recalled: 40 },
    });
  });

  test('as much as was allowed may fail; a wave larger than the plan is the plan', async () => {
    rig.standIn.faults.add({ effect: { kind: 'sequence-code', code: 10032 }, times: 1 });
    await rig.worker();
    await say(20);
    const id = await rig.recall({
      selector: { senders: ['spammer'] },
      reason: 'x',
      canary: { messages: 500, maxFailedShare: 0.5 },
    });
    expect(await rig.ended(id)).toMatchObject({ counts: { notRecallable: 10, recalled: 10 } });
  });

  test('the platform stopping a recall stands in the audit once', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10041 }, times: Infinity });
    await rig.worker();
    await say(40);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'x' });
    await eventually(async () => (await rig.read(id)).state === 'paused');
    await eventually(async () => (await rig.batches.getActiveCount()) === 0);
    const rows = await auditOf(id);
    expect(rows).toMatchObject([{ action: 'recall.stop', actor: 'system', via: 'system', details: { code: 10041 } }]);
  });

  test('a failed batch that is retried in a queue UI stands in the audit', async () => {
    rig.standIn.faults.add({ effect: { kind: 'poison' }, sequence: 3 });
    await rig.worker();
    await say(3);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'x' });
    expect(await rig.ended(id)).toMatchObject({ counts: { failed: 1 } });
    rig.standIn.faults.clear();
    const failed = await eventually(async () => (await rig.batches.getFailed())[0]);
    await failed.retry('failed');
    await eventually(async () => (await rig.read(id)).counts.recalled === 3);
    expect(await auditOf(id)).toMatchObject([{ action: 'recall.retry', actor: 'queue', details: { part: 0 } }]);
  });

  test('what was recalled is kept as evidence, also when the message itself is gone; what was not is not', async () => {
    rig.standIn.faults.add({ effect: { kind: 'sequence-code', code: 10032 }, sequence: 2 });
    await rig.worker();
    await say(1);
    await say(1);
    await rig.say([{ groupId: '@TGS#A', text: '加微信' }]);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'x' });
    const { counts } = await rig.ended(id);
    await rig.pool.query('delete from messages');
    const { items } = await listEvidence(rig.db, { recallId: id, after: null, limit: 100 });
    const recalled = (await rig.outcomes(id, ['recalled'])).map(({ msgSeq }) => msgSeq).sort();
    expect(items.map(({ msgSeq }) => msgSeq).sort()).toEqual(recalled);
    expect(counts.recalled).toBe(recalled.length);
    expect(items.find(({ msgSeq }) => msgSeq === 3)?.text ?? '加微信').toBe('加微信');
    // Taken back once: a second recall of the same holds nothing.
    const again = await rig.recall({
      selector: { messages: [{ groupId: '@TGS#A', msgSeqs: [1, 2, 3] }] },
      reason: 'x',
    });
    await rig.ended(again);
    expect(await verifyAudit(rig.db)).toMatchObject({ firstBroken: null });
  });
});
