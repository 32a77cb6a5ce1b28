import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { onConnection, type Queries } from '@chat-recall/shared/db';
import { cancelRecall, pauseRecall, resumeRecall } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually, spawnProcess } from '@chat-recall/testkit';
import { fileURLToPath } from 'node:url';
import { startRig, type Rig } from './rig.ts';

const register = fileURLToPath(new URL('../../../packages/testkit/register-typescript.js', import.meta.url));
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describeOnBackends('a recall that is called while its plan is frozen', (backend) => {
  let rig: Rig;
  /** Ends what holds the plan up. */
  let letGo: () => Promise<void>;
  beforeEach(async () => {
    rig = await startRig(backend);
    letGo = async () => {};
    for (const group of ['new', 'old', 'oldest']) rig.group(group);
  });
  afterEach(async () => {
    await letGo();
    await rig.stop();
  });

  /** 30 full batches in the first slice; the next one fills the 31st up, and begins others. */
  async function planned(request: object = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const many = (groupId: string, count: number, secondsAgo: number) =>
      Array.from({ length: count }, () => ({ groupId, msgTime: now - secondsAgo }));
    await rig.say([
      ...many('oldest', 3, 90_000),
      ...many('old', 100, 80_000),
      ...many('new', 12, 79_999),
      ...many('new', 305, 1),
    ]);
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', ...request });
    letGo = await hold(id);
    return id;
  }

  /** Has the plan wait for a lock as soon as it comes to a group. */
  async function hold(id: string, groupId = 'old'): Promise<() => Promise<void>> {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let held = Promise.resolve();
    await new Promise<void>((ready, failed) => {
      held = onConnection(rig.pool, async (queries: Queries) => {
        await queries.query(
          `insert into plan_conversations (recall_id, conversation_id, called)
           select $1, conversation_id, 0 from conversations where group_id = $2`,
          [id, groupId],
        );
        ready();
        await released;
        await queries.query('delete from plan_conversations where recall_id = $1 and called = 0', [id]);
      });
      held.catch(failed);
    });
    return async () => {
      release();
      await held;
    };
  }
  const calls = (atLeast: number): Promise<unknown> => eventually(() => rig.calls().length >= atLeast);
  const idle = (): Promise<unknown> => eventually(async () => (await rig.batches.getActiveCount()) === 0);

  test.each([{ senders: ['spammer'] }, { keywords: ['hello'] }, { sentFrom: '2020-01-01T00:00:00Z', keywords: ['h'] }])(
    'its full batches are called before it ends, and no call is made that a whole plan would not need: %j',
    async (selector) => {
      const id = await planned({ selector });
      await rig.worker();
      await calls(30);
      await eventually(async () => (await rig.read(id)).counts.recalled === 300);
      expect(await rig.read(id)).toMatchObject({
        state: 'planning',
        startedAt: expect.any(String),
        plannedAt: null,
        counts: { matched: 305, planned: 305, pending: 5, recalled: 300 },
        batches: { total: 31, done: 30 },
      });
      expect(rig.calls()).toHaveLength(30);
      await letGo();
      expect(await rig.ended(id)).toMatchObject({
        state: 'completed',
        counts: { matched: 420, planned: 420, recalled: 420 },
        batches: { total: 43, done: 43 },
      });
      // 317, 100 and 3 messages of three groups.
      expect(rig.calls()).toHaveLength(32 + 10 + 1);
      expect(rig.calls().flat()).toHaveLength(420);
    },
  );

  test.each([
    ['a first wave', { canary: { messages: 10, maxFailedShare: 0.5 } }],
    ['mode plan', { mode: 'plan' }],
  ])('with %s nothing is called before the plan is whole', async (_, request) => {
    const id = await planned({ selector: { keywords: ['hello'] }, ...request });
    await rig.worker();
    await eventually(async () => (await rig.read(id)).counts.planned === 305);
    expect(await rig.read(id)).toMatchObject({ state: 'planning', startedAt: null });
    const { rows } = await rig.pool.query('select from batches where not_before > now()');
    expect(rows).toEqual([]);
    await letGo();
    await eventually(async () => (await rig.read(id)).state !== 'planning');
    expect(rig.calls().length).toBeLessThanOrEqual(1);
  });

  test('a limit keeps the newest, whatever became of them meanwhile', async () => {
    const now = Math.floor(Date.now() / 1_000);
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10015 }, times: 1 });
    const id = await planned({ selector: { senders: ['spammer'], limit: 320, sentFrom: iso(now - 100_000) } });
    await rig.worker();
    await calls(1);
    await letGo();
    const recall = await rig.ended(id);
    expect(recall.counts).toMatchObject({ matched: 420, planned: 320 });
    expect(recall.counts.notFound).toBeGreaterThanOrEqual(10);
  });

  test('pause holds calls and plan, resume goes on with both', async () => {
    const id = await planned();
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 30 });
    await calls(3);
    const pausing = pauseRecall(rig.db, id);
    await letGo();
    await pausing;
    await idle();
    const before = await rig.read(id);
    expect(before).toMatchObject({ state: 'paused', counts: { failed: 0, unknown: 0 } });
    expect(before.counts.recalled).toBe(rig.standIn.ledger.recalled().size);
    await resumeRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 420 } });
    expect(rig.calls()).toHaveLength(43);
  });

  test('cancel ends both: what was called keeps its outcome, the rest is cancelled', async () => {
    const id = await planned();
    await rig.worker({ TENCENT_CALLS_PER_SECOND: 30 });
    await calls(3);
    const cancelling = cancelRecall(rig.db, id);
    await letGo();
    await cancelling;
    await idle();
    const recall = await rig.ended(id);
    const { recalled, cancelled, planned: all } = recall.counts;
    expect(recall.state).toBe('cancelled');
    expect(recalled).toBe(rig.standIn.ledger.recalled().size);
    expect(recalled + cancelled).toBe(all);
    expect(recall.batches.done).toBe(recall.batches.total);
  });

  test('a code that stops the app pauses it in the middle, and nothing is used up', async () => {
    rig.standIn.faults.add({ effect: { kind: 'error-code', code: 10041 }, times: Infinity });
    const id = await planned();
    await rig.worker({ WORKER_CONCURRENCY: 10 });
    await calls(5);
    await letGo();
    await eventually(async () => (await rig.read(id)).state === 'paused');
    await idle();
    expect(rig.calls().length).toBeLessThanOrEqual(20);
    expect(await rig.read(id)).toMatchObject({ pauseCode: 10041, counts: { failed: 0, recalled: 0 } });
    rig.standIn.faults.clear();
    await resumeRecall(rig.db, id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 420 } });
  });

  test('a worker that is killed in the middle: another one plans and calls the rest', async () => {
    const id = await planned();
    const worker = await spawnProcess({
      script: main,
      nodeArgs: ['--conditions=source', '--import', register],
      env: { PATH: process.env['PATH'] ?? '', ...rig.environment, TENCENT_CALLS_PER_SECOND: '30' },
    });
    await worker.waitForLog(({ msg }) => msg === 'ready', 60_000);
    await calls(5);
    await worker.kill();
    await letGo();
    const killedAt = rig.calls().length;
    await rig.pool.query('update recalls set plan_lease_until = null');
    await rig.pool.query(`update batches set lease_until = now() where state = 'running'`);
    await rig.worker();
    const recall = await rig.ended(id);
    expect(recall).toMatchObject({ state: 'completed', counts: { planned: 420, recalled: 420 } });
    // What was in flight is called once more.
    expect(rig.calls().length - 43).toBeLessThanOrEqual(Math.min(20, killedAt));
    expect(rig.standIn.ledger.recalled().size).toBe(420);
  }, 120_000);
});

function iso(seconds: number): string {
  return new Date(seconds * 1_000).toISOString();
}
