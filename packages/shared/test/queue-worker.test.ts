import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { watchSilence } from '@chat-recall/shared/db';
import { connectQueues, type Queue, type QueueConnection, type QueueWorker } from '@chat-recall/shared/queue';
import {
  createTestDatabase,
  describeOnBackends,
  eventually,
  startTcpProxy,
  type TcpProxy,
  type TestDatabase,
} from '@chat-recall/testkit';

describeOnBackends('a worker of a queue', (backend) => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let producers: QueueConnection;
  let consumers: QueueConnection;
  let queue: Queue;
  let seen: Queue;
  let worker: QueueWorker | undefined;
  const done: number[] = [];
  const troubles: string[] = [];
  const onError = ({ message }: Error): unknown => troubles.push(message);

  beforeEach(async () => {
    done.length = 0;
    troubles.length = 0;
    database = await createTestDatabase();
    const redisUrl = (await backend.redisUrl()) ?? undefined;
    const prefix = `${backend.prefix}_${Math.random().toString(36).slice(2, 8)}`;
    proxy = await startTcpProxy(redisUrl ?? database.url, redisUrl === undefined ? 5432 : 6379);
    const settings = { databaseUrl: database.url, redisUrl, prefix, onError: () => {} };
    producers = await connectQueues(settings);
    consumers = await connectQueues({
      databaseUrl: redisUrl === undefined ? proxy.url : database.url,
      redisUrl: redisUrl && proxy.url,
      prefix,
      watchSilence,
      onError,
    });
    queue = producers.queue('numbers');
    seen = consumers.queue('numbers');
  });
  afterEach(async () => {
    await worker?.close();
    worker = undefined;
    await Promise.all([queue.close(), seen.close()]);
    await Promise.all([producers.close(), consumers.close()]);
    await proxy.close();
    await database.drop();
  });

  const process = async ({ data }: { data: { n: number } }): Promise<void> => void done.push(data.n);
  const add = (n: number): Promise<unknown> => queue.add('number', { n }, { priority: 1 });
  const has = (n: number): Promise<unknown> => eventually(() => done.includes(n), { timeoutMs: 30_000 });

  test('goes on when its connections were lost in silence, while idle and while at work', async () => {
    worker = consumers.worker(seen, process, { concurrency: 2 });
    await add(1);
    await has(1);
    for (let n = 2; n <= 4; n += 1) {
      proxy.lose();
      await add(n);
      await has(n);
    }
    expect(troubles.length).toBeGreaterThan(0);
    // All connections there are work.
    await eventually(async () => (await seen.getJobCounts('active'))['active'] === 0, { timeoutMs: 30_000 });
    await consumers.check();
  });

  // On Redis it is ioredis that goes on.
  if (backend.name === 'postgres') {
    test('works once its store answers, though that was silent when it began; so does a queue', async () => {
      proxy.loseAll();
      const early = consumers.queue('numbers');
      worker = consumers.worker(seen, process, { concurrency: 1 });
      await eventually(() => troubles.length > 2, { timeoutMs: 30_000 });
      proxy.heal();
      await add(1);
      await has(1);
      await eventually(() => early.getJobCounts('waiting'), { timeoutMs: 30_000 });
    });
  }

  test('is built anew when it takes no jobs any more, and what it has in hand goes on', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let rebuilt = 0;
    worker = consumers.worker(
      seen,
      async (job) => {
        if (job.data.n === 1) await held;
        return process(job);
      },
      { concurrency: 2, lookEveryMs: 200, onRebuilt: () => (rebuilt += 1) },
    );
    await add(1);
    await eventually(async () => (await queue.getActiveCount()) === 1);
    // As after a reply that was lost: it waits for ever, and tells nobody.
    const stuck = worker.current;
    stuck.getBackend().waitForJob = () => new Promise(() => {});
    stuck.getBackend().moveToActive = () => new Promise(() => {});
    await eventually(async () => {
      await add(2);
      return rebuilt > 0;
    });
    await has(2);
    expect(worker.current).not.toBe(stuck);
    release();
    await has(1);
  });

  test('is left alone while its queue is paused, or while it has all that it can take', async () => {
    let rebuilt = 0;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let looks = 0;
    const { getJobCounts } = seen;
    seen.getJobCounts = (...types) => {
      looks += 1;
      return getJobCounts.apply(seen, types);
    };
    worker = consumers.worker(
      seen,
      async (job) => {
        if (job.data.n === 1) await held;
        return process(job);
      },
      { concurrency: 1, lookEveryMs: 20, onRebuilt: () => (rebuilt += 1) },
    );
    await queue.pause();
    await add(7);
    await eventually(() => looks > 10);
    await queue.resume();
    await has(7);
    await add(1);
    await add(8);
    await eventually(async () => (await queue.getActiveCount()) === 1);
    release();
    await has(8);
    expect(rebuilt).toBe(0);
  });
});
