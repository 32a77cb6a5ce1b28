import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeOnBackends, eventually, startTcpProxy } from '@chat-recall/testkit';
import { startRig, type Rig } from './rig.ts';
import { spawnWorker } from './spawn-worker.ts';

const groups = Array.from({ length: 8 }, (_, at) => `@TGS#${at}`);

describeOnBackends('workers that come and go', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    for (const groupId of groups) rig.group(groupId);
  });
  afterEach(() => rig.stop());

  const recallOf = async (messages: number): Promise<string> => {
    await rig.say(Array.from({ length: messages }, (_, at) => ({ groupId: String(groups[at % groups.length]) })));
    return rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' });
  };
  const calls = (): number => rig.standIn.ledger.count('group_msg_recall');
  const called = (): string[] =>
    rig.standIn.ledger
      .calls({ command: 'group_msg_recall' })
      .flatMap(({ groupId, sequences }) => sequences.map((msgSeq) => `${groupId} ${msgSeq}`));
  const unanswered = async (): Promise<number> => {
    const { rows } = await rig.pool.query<{ n: number }>(
      `select count(*)::int as n from attempts where finished_at is null or result = 'lost'`,
    );
    return Number(rows[0]?.n);
  };

  test('twenty rolling restarts during a recall: every outcome is final, and no sequence is called twice', async () => {
    const slowly = { TENCENT_CALLS_PER_SECOND: 100 };
    let current = await rig.worker(slowly);
    const id = await recallOf(5_000);
    for (let restarts = 1; restarts <= 20; restarts += 1) {
      await eventually(() => calls() >= restarts * 10, { what: `call ${restarts * 10}` });
      const next = await rig.worker(slowly);
      await current.stop();
      current = next;
    }
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 5_000, unknown: 0 } });
    expect(called()).toHaveLength(5_000);
    expect(new Set(called()).size).toBe(5_000);
    expect((await rig.outcomes(id)).every(({ presumed }) => !presumed)).toBe(true);
    expect(await unanswered()).toBe(0);
    expect(await rig.batches.getFailedCount()).toBe(0);
  });

  test('SIGTERM ends a worker once its calls are answered; what was not called is left for others', async () => {
    rig.standIn.faults.add({ command: 'group_msg_recall', effect: { kind: 'latency', ms: 500 }, times: Infinity });
    const worker = await spawnWorker(rig);
    const id = await recallOf(2_000);
    await eventually(() => calls() >= 20);
    expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    const before = await rig.read(id);
    expect(before.counts).toMatchObject({ recalled: called().length, unknown: 0 });
    expect(await unanswered()).toBe(0);
    rig.standIn.faults.clear();
    await rig.worker();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 2_000, unknown: 0 } });
    expect(new Set(called()).size).toBe(called().length);
  });

  // With the queue in Postgres what it has in hand cannot be told either.
  if (backend.name === 'redis') {
    test('so it does though Redis is silent: what it has in hand is in the tables', async () => {
      const redisUrl = await backend.redisUrl();
      const proxy = await startTcpProxy(String(redisUrl), 6379);
      try {
        rig.standIn.faults.add({ command: 'group_msg_recall', effect: { kind: 'latency', ms: 500 }, times: Infinity });
        const worker = await spawnWorker(rig, { REDIS_URL: proxy.url });
        const id = await recallOf(2_000);
        await eventually(() => calls() >= 20);
        proxy.loseAll();
        expect(await worker.stop('SIGTERM')).toEqual({ code: 0, signal: null });
        expect((await rig.read(id)).counts).toMatchObject({ recalled: called().length, unknown: 0 });
        expect(await unanswered()).toBe(0);
        rig.standIn.faults.clear();
        await rig.worker();
        expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 2_000, unknown: 0 } });
      } finally {
        await proxy.close();
      }
    });
  }

  test('SIGKILL: another worker goes on with what the killed one had in hand', async () => {
    rig.standIn.faults.add({ command: 'group_msg_recall', effect: { kind: 'apply-then-hang' }, times: 20 });
    const worker = await spawnWorker(rig, { WORKER_CONCURRENCY: '20' });
    const id = await recallOf(1_000);
    await eventually(() => calls() === 20);
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    await worker.kill();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 1_000, unknown: 0 } });
    // What had no answer is called once more, and nothing else is.
    expect(called().length - new Set(called()).size).toBe(200);
  });

  test('a plan in the making is left to another worker', async () => {
    await rig.say(groups.map((groupId) => ({ groupId, from: 'raider' })));
    // The plan waits for this lock: its worker is told to stop in the middle.
    const holder = await rig.pool.connect();
    await holder.query('begin; lock table outcomes in share mode');
    const first = await rig.worker();
    const id = await rig.recall({ selector: { senders: ['raider'] }, reason: 'spam' });
    await eventually(async () => {
      const { rows } = await rig.pool.query(
        `select from pg_locks where not granted and relation = 'outcomes'::regclass and database =
           (select oid from pg_database where datname = current_database())`,
      );
      return rows.length > 0;
    });
    const stopped = first.stop();
    await holder.query('commit');
    holder.release();
    await stopped;
    await rig.worker();
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: groups.length } });
  });
});
