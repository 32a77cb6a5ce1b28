import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startSystem, type System } from '@chat-recall/local';
import { createStandIn, createWebhookSender, type StandIn } from '@chat-recall/simulator';
import {
  canary,
  createTestDatabase,
  describeOnBackends,
  eventually,
  findProgram,
  freePort,
  startRedis,
  type PrivateRedis,
  type TestDatabase,
} from '@chat-recall/testkit';
import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';

const sdkAppId = 1_400_000_000;
const secretKey = `${canary}-secret-key-of-the-stand-in`;
const webhookToken = `${canary}-callback-token`;
const adminToken = `${canary}-admin-token-of-the-test`;
const groups = ['@TGS#A', '@TGS#B', '@TGS#C', '@TGS#D'];

interface Recall {
  readonly id: string;
  readonly state: string;
  readonly counts: Record<string, number>;
  readonly finishedAt: string | null;
}

describeOnBackends('the whole system, in processes of its own', (backend) => {
  let database: TestDatabase;
  let redis: PrivateRedis | undefined;
  let redisUrl: string | undefined;
  let prefix: { prefix?: string } = {};
  let standIn: StandIn;
  let system: System;
  /** As a producer outside this repository opens the queues: no prefix, no setting of ours. */
  let jobs: Queue;
  let batches: Queue;
  let connection: Redis | undefined;

  beforeAll(async () => {
    if (backend.name === 'postgres') return;
    // A Redis of our own may be wiped; of one that was given by REDIS_URL, only our prefix.
    if (findProgram('redis-server') === undefined) prefix = { prefix: backend.prefix };
    else redis = await startRedis();
    redisUrl = redis?.url ?? (await backend.redisUrl()) ?? undefined;
  });
  afterAll(() => redis?.stop());

  beforeEach(async () => {
    database = await createTestDatabase();
    standIn = await createStandIn({ sdkAppId, secretKey });
    for (const groupId of groups) standIn.addGroup({ groupId, type: 'Public' });
    if (redisUrl === undefined) {
      jobs = bareQueue('recall-jobs');
      batches = bareQueue('recall-batches');
    } else {
      connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
      if (redis !== undefined) await connection.flushall();
      jobs = new Queue('recall-jobs', { connection, ...prefix });
      batches = new Queue('recall-batches', { connection, ...prefix });
    }
    if (redisUrl === undefined) await database.makeQueues();
    system = await startSystem({
      databaseUrl: database.url,
      // Each process may do what its role is granted, and no more.
      databaseUrls: {
        webhook: database.as('receiver'),
        worker: database.as('worker'),
        console: database.as('console'),
      },
      redisUrl,
      sdkAppId,
      secretKey,
      apiUrl: standIn.url,
      webhookToken,
      adminToken,
      receivers: 2,
      workers: 3,
      ports: { webhook: await freePort(), console: 0, worker: 0 },
      environment: {
        LOG_LEVEL: 'debug',
        DATABASE_POOL_SIZE: '6',
        ...(prefix.prefix === undefined ? {} : { QUEUE_PREFIX: prefix.prefix }),
      },
    });
  });
  afterEach(async () => {
    await system.stop();
    await jobs.close();
    await batches.close();
    connection?.disconnect();
    await standIn.close();
    await database.drop();
  });

  function bareQueue(name: string): Queue {
    const queue = new Queue(
      name,
      { connection: { connectionString: database.url, migrate: true } },
      createPostgresBackend,
    );
    return queue as unknown as Queue;
  }

  /** Callbacks to both receivers, in turn. */
  async function post(messages: number, from = 'spammer'): Promise<void> {
    const senders = system.receivers.map(({ url }) =>
      createWebhookSender({ url: `${url}/callback`, sdkAppId, token: webhookToken, connections: 16, duplicate: 0.02 }),
    );
    const callbacks = Array.from(
      { length: messages },
      (_, at) =>
        standIn.send({
          groupId: String(groups[at % groups.length]),
          from,
          text: `挣钱 ${canary} ${at}`,
          callback: false,
        }).callback,
    );
    const sums = await Promise.all(
      senders.map((sender, at) => sender.sendMany(callbacks.filter((_, index) => index % senders.length === at))),
    );
    for (const { ok, posted } of sums) expect(ok).toBe(posted);
    await Promise.all(senders.map((sender) => sender.close()));
  }
  async function api<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${system.console.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }
  const create = (request: object): Promise<Recall> =>
    api('/api/v1/recalls', { method: 'POST', body: JSON.stringify({ reason: 'spam', ...request }) });
  async function ended(id: string): Promise<Recall> {
    const recall = await eventually(
      async () => {
        const now = await api<Recall>(`/api/v1/recalls/${id}`);
        return now.finishedAt !== null && now;
      },
      { timeoutMs: 120_000, what: `the end of recall ${id}` },
    );
    const { matched: _, planned, ...counts } = recall.counts;
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(planned);
    return recall;
  }
  const called = (atLeast: number): Promise<unknown> =>
    eventually(() => standIn.ledger.count('group_msg_recall') >= atLeast);

  test('5,000 messages over HTTP, and 5,000 by a bare job; a worker is killed in the middle', async () => {
    await post(5_000);
    const byHttp = await create({ selector: { senders: ['spammer'] } });
    await called(50);
    await system.workers[0]?.process.kill();
    expect(await ended(byHttp.id)).toMatchObject({ state: 'completed', counts: { planned: 5_000, unknown: 0 } });
    expect(standIn.ledger.recalled().size).toBe(5_000);
    expect(standIn.ledger.maxCallsInAnySlidingSecond('group_msg_recall')).toBeLessThanOrEqual(200);

    await post(5_000, 'raider');
    const job = await jobs.add('recall', { selector: { senders: ['raider'], keywords: ['挣钱'] }, reason: 'raid' });
    const { recallId } = await eventually(async () => {
      const now = await jobs.getJob(String(job.id));
      return (now?.returnvalue ?? undefined) as { recallId: string } | undefined;
    });
    expect(await ended(recallId)).toMatchObject({ state: 'completed', counts: { planned: 5_000, recalled: 5_000 } });
  }, 240_000);

  test('the queue is wiped in the middle: the recall completes by itself', async () => {
    await post(3_000);
    const { id } = await create({ selector: { senders: ['spammer'] } });
    await called(50);
    if (redis === undefined || connection === undefined) {
      await batches.obliterate({ force: true });
      // It took a sequence along, which workers may not make.
      await database.makeQueues();
    } else await connection.flushall();
    expect(await ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 3_000 } });
  });

  test("a failed batch is retried over bull-board's HTTP API, and another by job.retry()", async () => {
    await post(40);
    for (const groupId of ['@TGS#A', '@TGS#B'])
      standIn.faults.add({ groupId, sequence: 3, effect: { kind: 'poison' } });
    const { id } = await create({ selector: { senders: ['spammer'] } });
    expect(await ended(id)).toMatchObject({ state: 'completed_with_failures', counts: { recalled: 38, failed: 2 } });
    standIn.faults.clear();
    const failed = await eventually(async () => {
      const list = await batches.getFailed();
      return list.length === 2 && list;
    });
    const before = standIn.ledger.count('group_msg_recall');
    const put = await fetch(
      `${system.console.url}/queues/api/queues/recall-batches/${String(failed[0]?.id)}/retry/failed`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${adminToken}` },
      },
    );
    expect(put.status).toBeLessThan(300);
    await failed[1]?.retry('failed');
    await eventually(async () => (await api<Recall>(`/api/v1/recalls/${id}`)).counts['recalled'] === 40);
    expect(await ended(id)).toMatchObject({ state: 'completed' });
    const calls = standIn.ledger.calls({ command: 'group_msg_recall' }).slice(before);
    expect(calls.map(({ sequences }) => [...sequences])).toEqual([[3], [3]]);
  });
});
