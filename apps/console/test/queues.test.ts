import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  connectQueues,
  recallBatchesQueue,
  recallJobsQueue,
  UnrecoverableError,
  type Queue,
  type QueueConnection,
  type QueueWorker,
} from '@chat-recall/shared/queue';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { startAtWork, token, type AtWork } from './console-at-work.ts';

interface Board {
  readonly queues: readonly {
    readonly name: string;
    readonly description: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly jobs: readonly { readonly id: string; readonly failedReason?: string }[];
  }[];
}

describeOnBackends('the queue UI', (backend) => {
  let at: AtWork;
  let queues: QueueConnection;
  let worker: QueueWorker;
  let batches: Queue<{ n: number }>;
  /** Jobs that fail. */
  const broken = new Set<number>();
  let runs = 0;

  beforeAll(async () => {
    const redisUrl = (await backend.redisUrl()) ?? undefined;
    at = await startAtWork(await backend.environment());
    queues = await connectQueues({ redisUrl, databaseUrl: at.databaseUrl, prefix: backend.prefix, onError: () => {} });
    batches = queues.queue<{ n: number }>(recallBatchesQueue);
    worker = queues.worker<{ n: number }>(
      batches,
      async (job) => {
        runs += 1;
        if (broken.has(job.data.n)) throw new UnrecoverableError(`1 of the batch failed. 10004: ${job.data.n}`);
      },
      { concurrency: 2 },
    );
  });
  afterAll(async () => {
    await worker.close();
    await batches.close();
    await queues.close();
    await at.stop();
  });

  const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${at.url}/queues${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const board = async (query: string): Promise<Board> =>
    JSON.parse((await ask('GET', `/api/queues${query}`)).text) as Board;
  const failed = async (n: number): Promise<string> => {
    broken.add(n);
    const { id } = await batches.add('batch', { n }, { jobId: `job-${n}` });
    await eventually(async () => (await batches.getJobState(String(id))) === 'failed');
    broken.delete(n);
    return String(id);
  };
  const completed = (id: string): Promise<unknown> =>
    eventually(async () => (await batches.getJobState(id)) === 'completed');

  test('its page says what it is and asks nothing of other sites', async () => {
    const page = await fetch(`${at.url}/queues`, { headers: { authorization: `Bearer ${token}` } });
    const html = await page.text();
    expect(html).toContain('<title>chat-recall queues</title>');
    expect(html).toContain('<base href="/queues/" />');
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//u);
    const policy = String(page.headers.get('content-security-policy'));
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/https?:|\*/u);
    expect(page.headers.get('x-powered-by')).toBeNull();
    for (const [, asset] of html.matchAll(/(?:src|href)="(static\/[^"]+)"/gu)) {
      expect([asset, (await ask('GET', `/${asset}`)).status]).toEqual([asset, 200]);
    }
  });

  test('shows both queues, with the reason of what failed', async () => {
    const id = await failed(1);
    const { queues: shown } = await board(`?activeQueue=${recallBatchesQueue}&status=failed&page=1&jobsPerPage=10`);
    expect(shown.map(({ name }) => name).sort()).toEqual([recallBatchesQueue, recallJobsQueue]);
    const shownBatches = shown.find(({ name }) => name === recallBatchesQueue);
    expect(shownBatches?.counts).toMatchObject({ failed: 1 });
    expect(shownBatches?.jobs).toMatchObject([{ id, failedReason: '1 of the batch failed. 10004: 1' }]);
    expect((await ask('GET', `/api/queues/${recallBatchesQueue}/${id}`)).status).toBe(200);
    expect((await ask('GET', '/api/redis/stats')).status).toBe(200);
  });

  test.each([['retry'], ['retry/failed']])('a failed job is run again by PUT …/%s', async (path) => {
    const id = await failed(path.length);
    const before = runs;
    expect((await ask('PUT', `/api/queues/${recallBatchesQueue}/${id}/${path}`)).status).toBe(204);
    await completed(id);
    expect(runs).toBe(before + 1);
  });

  test('so are all failed ones at once', async () => {
    const ids = [await failed(101), await failed(102)];
    expect((await ask('PUT', `/api/queues/${recallBatchesQueue}/retry/failed`)).status).toBe(200);
    for (const id of ids) await completed(id);
  });

  test('what makes no sense is refused, not failed at', async () => {
    for (const [method, path, body] of [
      ['GET', '/api/queues/none/1'],
      ['GET', `/api/queues/${recallBatchesQueue}/%00`],
      ['GET', `/api/queues/${recallBatchesQueue}/%E0`],
      ['PUT', `/api/queues/${recallBatchesQueue}/none/retry`],
      ['PUT', `/api/queues/${recallBatchesQueue}/%00/retry/failed`],
      ['PUT', `/api/queues/${recallBatchesQueue}/clean/nonsense`],
      ['GET', '/api/queues?page=-1&jobsPerPage=x&status=nonsense'],
      ['POST', `/api/queues/${recallBatchesQueue}/add`],
      ['POST', `/api/queues/${recallBatchesQueue}/add`, '{'],
      ['POST', `/api/queues/${recallBatchesQueue}/add`, { name: 5 }],
      ['GET', '/api/nothing'],
    ] as const) {
      const { status, text } = await ask(method, path, body);
      expect({ method, path, status: status >= 500 ? status : 0 }).toEqual({ method, path, status: 0 });
      expect(text).not.toMatch(/node_modules|\n {4}at /u);
    }
  });
});
