import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRule, pauseRecall, resumeRecall, ruleRequestSchema, parseOrThrow } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { appId, startRig, type Rig, type Sent } from './rig.ts';

describeOnBackends('the tail of a recall', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
    rig.group('@TGS#B');
  });
  afterEach(() => rig.stop());

  const say = (count: number, groupId = '@TGS#A'): Promise<Sent[]> =>
    rig.say(Array.from({ length: count }, () => ({ groupId })));
  const key = ({ groupId, msgSeq }: { groupId: string; msgSeq: number }): string => `${groupId}:${msgSeq}`;

  /** Every message taken back, each called once, and marked as late when the plan did not hold it. */
  async function allTakenBack(id: string, sent: readonly Sent[], late: readonly Sent[]): Promise<void> {
    const recall = await rig.ended(id);
    expect(recall).toMatchObject({
      state: 'completed',
      counts: { matched: sent.length, planned: sent.length, recalled: sent.length },
      follow: { state: 'ended', late: late.length, leftOut: 0, cause: null },
    });
    expect([...rig.standIn.ledger.recalled()].sort()).toEqual(sent.map(key).sort());
    expect(rig.calls().flat()).toHaveLength(sent.length);
    const outcomes = await rig.outcomes(id);
    expect(
      outcomes
        .filter((outcome) => outcome.late)
        .map(key)
        .sort(),
    ).toEqual(late.map(key).sort());
  }

  test('an abuser goes on posting until it ends: every message is taken back, and then it ends by itself', async () => {
    const before = await say(25);
    await Promise.all([rig.worker(), rig.worker()]);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', followSeconds: 4 });
    await eventually(async () => (await rig.read(id)).counts.planned >= 25 && (await rig.read(id)).follow?.until);
    const late: Sent[] = [];
    const until = Date.parse(String((await rig.read(id)).follow?.until));
    while (Date.now() < until - 200) {
      late.push(...(await say(1)), ...(await say(2, '@TGS#B')));
      const known = late.length;
      await eventually(async () => known - ((await rig.read(id)).follow?.late ?? 0) < 9);
    }
    expect(late.length).toBeGreaterThan(15);
    await allTakenBack(id, [...before, ...late], late);
  });

  test('what comes with an older time, and what a gap is still asked for, is found at the end', async () => {
    const before = await say(3);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', followSeconds: 1 });
    await rig.pool.query(
      `insert into coverage (conversation_id, due_at) select min(conversation_id), now() from conversations`,
    );
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    await eventually(async () => (await rig.read(id)).follow?.state === 'closing');
    const twoHoursAgo = Math.floor(Date.now() / 1_000) - 7_200;
    const filled = await rig.say([{ groupId: '@TGS#A', msgTime: twoHoursAgo }]);
    // Received by the receiver's clock after the end; sent before it.
    await rig.pool.query('update coverage set due_at = null');
    await allTakenBack(id, [...before, ...filled], filled);
  });

  test('while it is paused it collects, and calls once it is resumed', async () => {
    const before = await say(5);
    await rig.worker();
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', followSeconds: 5 });
    await eventually(async () => (await rig.read(id)).counts.recalled === 5);
    await pauseRecall(rig.db, id);
    const late = [...(await say(3)), ...(await say(4, '@TGS#B'))];
    await eventually(async () => (await rig.read(id)).counts.pending === 7);
    const more = await say(5);
    const paused = await eventually(async () => {
      const recall = await rig.read(id);
      return recall.counts.pending === 12 ? recall : null;
    });
    expect(paused).toMatchObject({ state: 'paused', follow: { state: 'following', late: 12 } });
    expect(rig.calls().flat()).toHaveLength(5);
    await resumeRecall(rig.db, id);
    await allTakenBack(id, [...before, ...late, ...more], [...late, ...more]);
    // What came while it was paused filled batches up: eight of one group in one call.
    expect(rig.calls().map(({ length }) => length)).toEqual(expect.arrayContaining([8, 4]));
  });

  test('a worker that goes leaves it to another', async () => {
    const before = await say(5);
    const first = await rig.worker();
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', followSeconds: 6 });
    const late = await eventually(async () => ((await rig.read(id)).counts.recalled === 5 ? say(2) : null));
    await eventually(async () => (await rig.read(id)).counts.recalled === 7);
    await first.stop();
    late.push(...(await say(2)));
    await rig.worker();
    await eventually(async () => (await rig.read(id)).counts.recalled === 9);
    late.push(...(await say(1)));
    await allTakenBack(id, [...before, ...late], late);
  });

  test('a rule takes back what comes, and nothing from before; it ends when it expires', async () => {
    await say(3);
    const request = parseOrThrow(ruleRequestSchema, {
      selector: { senders: ['spammer'] },
      reason: 'spam',
      dailyCap: 100,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
    });
    const bounds = { person: '', approveAbove: null, maxMessages: null };
    const { id } = await createRule(rig.db, {
      appId,
      request,
      bounds,
      requestedBy: 'tester',
      idempotencyKey: null,
      now: new Date(),
    });
    await rig.worker();
    const late = await rig.say([1, 2].map((n) => ({ groupId: '@TGS#A', msgTime: Math.floor(Date.now() / 1_000) + n })));
    await eventually(async () => (await rig.read(id)).counts.recalled === 2);
    await rig.pool.query(`update follows set until = now()`);
    await allTakenBack(id, late, late);
  });
});
