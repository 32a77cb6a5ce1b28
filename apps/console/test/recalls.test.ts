import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '@chat-recall/shared/log';
import { connectQueues, planJobId, recallJobsQueue, type Queue, type QueueConnection } from '@chat-recall/shared/queue';
import { failRecall, planRecall, type Recall } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { readConsoleConfig } from '../src/config.ts';
import { startConsole } from '../src/console.ts';
import { appId, startAtWork, token, type Answer, type AtWork, type Page, type Refused } from './console-at-work.ts';

const example = {
  selector: {
    senders: ['spammer42'],
    keywords: ['加微信'],
    sentFrom: '2026-11-21T00:00:00Z',
    sentTo: '2026-11-22T00:00:00Z',
    groupIds: ['@TGS#2EXAMPLE01'],
    topicIds: [],
    excludeSenders: [],
    messages: [{ groupId: '@TGS#2EXAMPLE01', topicId: null, msgSeqs: [4182, 4185] }],
  },
  reason: 'spam wave',
  mode: 'execute',
  priority: 'normal',
};
const simple = { selector: { senders: ['spammer'] }, reason: 'spam' };

describeOnBackends('making recalls', (backend) => {
  let at: AtWork;
  let queues: QueueConnection;
  let jobs: Queue;
  beforeAll(async () => {
    const redisUrl = (await backend.redisUrl()) ?? undefined;
    at = await startAtWork(await backend.environment());
    queues = await connectQueues({ redisUrl, databaseUrl: at.databaseUrl, prefix: backend.prefix, onError: () => {} });
    jobs = queues.queue(recallJobsQueue);
  });
  afterAll(async () => {
    await jobs.close();
    await queues.close();
    await at.stop();
  });
  const create = (body: unknown, key?: string): Promise<Answer<Recall>> =>
    at.post<Recall>('/api/v1/recalls', body, key === undefined ? {} : { 'idempotency-key': key });

  test("the contract's example is accepted, stored and enqueued", async () => {
    const { status, headers, body } = await create(example);
    expect([status, headers.get('location')]).toEqual([202, `/api/v1/recalls/${body.id}`]);
    expect(body).toMatchObject({
      ...example,
      sdkAppId: appId,
      state: 'planning',
      requestedBy: 'admin',
      source: 'api',
      counts: {
        matched: 0,
        planned: 0,
        pending: 0,
        recalled: 0,
        notFound: 0,
        expired: 0,
        notRecallable: 0,
        failed: 0,
        unknown: 0,
        cancelled: 0,
      },
      batches: { total: 0, done: 0 },
      startedAt: null,
      finishedAt: null,
    });
    expect(body.id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7/u);
    const job = await jobs.getJob(planJobId(body.id));
    expect(job).toMatchObject({ name: 'plan', data: { recallId: body.id }, priority: 2 });
    expect((await at.get<Recall>(String(headers.get('location')))).body).toEqual(body);
  });

  test('mode and priority have defaults, and urgent work goes first', async () => {
    expect((await create(simple)).body).toMatchObject({ mode: 'execute', priority: 'normal' });
    const { body } = await create({ ...simple, priority: 'urgent', selector: { ...simple.selector, sdkAppId: appId } });
    expect((await jobs.getJob(planJobId(body.id)))?.priority).toBe(1);
  });

  test('the same key and body give the same recall, also at once and in another order; another body is a conflict', async () => {
    const both = { selector: { senders: ['a'], keywords: ['b'] }, reason: 'r' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(both, 'key of mine: 1')));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    const turned = { reason: 'r', priority: 'normal', selector: { keywords: ['b'], senders: ['a'] } };
    expect((await create(turned, 'key of mine: 1')).body.id).toBe(answers[0]?.body.id);
    const other = await at.post<Refused>(
      '/api/v1/recalls',
      { ...both, reason: 'other' },
      { 'idempotency-key': 'key of mine: 1' },
    );
    expect([other.status, other.body.code]).toEqual([409, 'conflict']);
    expect((await create(both)).body.id).not.toBe(answers[0]?.body.id);
    expect((await create(both, 'k'.repeat(255))).status).toBe(202);
  });

  test('a repeated request mends what the queue has lost', async () => {
    const { body } = await create(simple, 'lost');
    await (await jobs.getJob(planJobId(body.id)))?.remove();
    expect((await create(simple, 'lost')).body.id).toBe(body.id);
    expect(await jobs.getJob(planJobId(body.id))).toBeDefined();
  });

  test('10,000 sequences fit', async () => {
    const msgSeqs = Array.from({ length: 10_000 }, (_, k) => 4_294_000_000 + k);
    expect((await create({ selector: { messages: [{ groupId: 'g', msgSeqs }] }, reason: 'r' })).status).toBe(202);
  });

  test('retrying what failed in planning has it planned again', async () => {
    const { body } = await create(simple);
    await (await jobs.getJob(planJobId(body.id)))?.remove();
    await failRecall(at.db, body.id, 'planning failed: no room');
    expect((await at.get<Recall>(`/api/v1/recalls/${body.id}`)).body).toMatchObject({
      state: 'failed',
      stateNote: 'planning failed: no room',
    });
    expect((await at.post<Recall>(`/api/v1/recalls/${body.id}/retry`)).body.state).toBe('planning');
    expect(await jobs.getJob(planJobId(body.id))).toBeDefined();
  });

  test('is ready', async () => {
    expect((await at.get('/readyz')).body).toEqual({
      ready: true,
      parts: { database: 'ok', migrations: 'ok', queue: 'ok' },
    });
  });
});

describe('when the queue is away', () => {
  let at: AtWork;
  beforeAll(async () => {
    at = await startAtWork({ REDIS_URL: 'redis://127.0.0.1:1' });
  });
  afterAll(() => at.stop());

  test('a recall is stored and accepted all the same, without a long wait', async () => {
    const began = performance.now();
    const { status, body } = await at.post<Recall>('/api/v1/recalls', simple);
    expect(status).toBe(202);
    expect(performance.now() - began).toBeLessThan(3_500);
    expect((await at.get<Recall>(`/api/v1/recalls/${body.id}`)).body.state).toBe('planning');
    await eventually(() => at.log.some((line) => line.includes(body.id) && line.includes('could not be enqueued')));
  });

  test('readiness names the part', async () => {
    const { status, body } = await at.get<{ ready: boolean; parts: Record<string, string> }>('/readyz');
    expect([status, body.ready, body.parts['database'], body.parts['migrations']]).toEqual([503, false, 'ok', 'ok']);
    expect(body.parts['queue']).not.toBe('ok');
    expect((await at.get('/healthz')).status).toBe(200);
  });

  test('stopping does not wait for it', async () => {
    const { config } = readConsoleConfig({
      DATABASE_URL: at.databaseUrl,
      TENCENT_SDK_APP_ID: String(appId),
      CONSOLE_PORT: '0',
      CONSOLE_ADMIN_TOKEN: token,
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    const second = await startConsole(config, createLog('console', 'silent'));
    const began = performance.now();
    await second.stop();
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('listing recalls', () => {
  let at: AtWork;
  const ids: string[] = [];
  beforeAll(async () => {
    at = await startAtWork();
    for (let k = 0; k < 25; k += 1)
      ids.unshift((await at.post<Recall>('/api/v1/recalls', { ...simple, mode: 'plan', reason: `r${k}` })).body.id);
    // Some of one moment: the id decides.
    await at.pool.query('update recalls set created_at = $1 where id = any($2)', [new Date(), ids.slice(0, 10)]);
    for (const id of ids.slice(0, 5)) await planRecall(at.db, id);
    await at.pool.query(`update recalls set requested_by = 'maya''s "bot"' where id = $1`, [ids[20]]);
  });
  afterAll(() => at.stop());
  const list = async (query: string): Promise<string[]> =>
    (await at.get<Page<Recall>>(`/api/v1/recalls${query}`)).body.items.map(({ id }) => id);

  test('newest first, page by page, each once', async () => {
    expect(await list('')).toEqual(ids);
    const paged: string[] = [];
    const sizes: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer<Page<Recall>> = await at.get<Page<Recall>>(`/api/v1/recalls?limit=10&cursor=${cursor}`);
      paged.push(...body.items.map(({ id }) => id));
      sizes.push(body.items.length);
      cursor = body.nextCursor;
    }
    expect(paged).toEqual(ids);
    expect(sizes).toEqual([10, 10, 5]);
  });

  test('by state, repeated or with commas, and by who asked', async () => {
    const planned = ids.slice(0, 5);
    expect(await list('?state=planned')).toEqual(planned);
    expect(await list('?state=planned,paused')).toEqual(planned);
    expect(await list('?state=paused&state=planned')).toEqual(planned);
    expect(await list('?state=paused')).toEqual([]);
    expect(await list('?state=')).toEqual(ids);
    expect(await list('?state=planning&limit=3')).toEqual(ids.slice(5, 8));
    expect(await list(`?requestedBy=${encodeURIComponent(`maya's "bot"`)}`)).toEqual([ids[20]]);
    expect((await list('?requestedBy=admin')).length).toBe(24);
    expect(await list('?requestedBy=nobody')).toEqual([]);
  });

  test('those of another app are not there', async () => {
    const other = ids[7];
    await at.pool.query('update recalls set app_id = 1 where id = $1', [other]);
    expect(await list('')).not.toContain(other);
    expect((await at.get<Refused>(`/api/v1/recalls/${other}`)).status).toBe(404);
    expect((await at.get<Refused>(`/api/v1/recalls/${other}/outcomes`)).status).toBe(404);
    expect((await at.post<Refused>(`/api/v1/recalls/${other}/cancel`)).status).toBe(404);
    await at.pool.query('update recalls set app_id = $1 where id = $2', [appId, other]);
  });
});

describe('actions', () => {
  let at: AtWork;
  beforeAll(async () => {
    at = await startAtWork();
    await at.say(Array.from({ length: 25 }, (_, k) => ({ msgSeq: k + 1 })));
  });
  afterAll(() => at.stop());
  const plan = (): Promise<Recall> => at.planned({ ...simple, mode: 'plan' });
  const act = (id: string, action: string, body?: unknown): Promise<Answer<Recall & Refused>> =>
    at.post<Recall & Refused>(`/api/v1/recalls/${id}/${action}`, body);

  test('from plan to cancel, each answered with the recall as it then is', async () => {
    const { id, state, counts, batches, startedAt } = await plan();
    expect({ state, counts, batches, startedAt }).toMatchObject({
      state: 'planned',
      counts: { matched: 25, planned: 25, pending: 25 },
      batches: { total: 3, done: 0 },
      startedAt: null,
    });
    for (const [action, then] of [
      ['execute', 'running'],
      ['pause', 'paused'],
      ['resume', 'running'],
      ['pause', 'paused'],
    ] as const) {
      const { status, body } = await act(id, action);
      expect([action, status, body.id, body.state]).toEqual([action, 200, id, then]);
    }
    // Nothing has failed.
    expect((await act(id, 'retry')).body).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('nothing to retry'),
    });
    expect((await act(id, 'cancel')).body).toMatchObject({ id, state: 'cancelled' });
    const { body } = await at.get<Recall>(`/api/v1/recalls/${id}`);
    expect(body).toMatchObject({
      state: 'cancelled',
      counts: { planned: 25, pending: 0, cancelled: 25 },
      batches: { total: 3, done: 3 },
    });
    expect(body.finishedAt).not.toBeNull();
  });

  test.each([
    ['planned', 'pause', 'running'],
    ['planned', 'resume', 'paused'],
    ['planned', 'approve', 'awaiting_approval'],
    ['planned', 'retry', 'running or paused or completed or completed_with_failures or failed'],
    ['running', 'execute', 'planned'],
    ['running', 'resume', 'paused'],
    ['cancelled', 'execute', 'planned'],
    ['cancelled', 'retry', 'running or paused or completed or completed_with_failures or failed'],
    ['completed', 'cancel', 'planning or planned or awaiting_approval or running or paused'],
    ['completed', 'pause', 'running'],
  ])('%s: cannot %s; it must be %s', async (state, action, allowed) => {
    const { id } = await plan();
    await at.pool.query('update recalls set state = $1 where id = $2', [state, id]);
    const { status, body } = await act(id, action);
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.detail).toBe(`cannot ${action} a recall that is ${state}; it must be ${allowed}`);
    expect((await at.get<Recall>(`/api/v1/recalls/${id}`)).body.state).toBe(state);
  });

  test('an empty object is no body, anything in it is a fault', async () => {
    const { id } = await plan();
    expect((await act(id, 'execute', { force: true })).body).toMatchObject({
      status: 422,
      errors: [{ path: 'force' }],
    });
    expect((await act(id, 'execute', [])).status).toBe(422);
    expect((await act(id, 'execute', 'x')).body).toMatchObject({ status: 400, code: 'malformed_body' });
    expect((await act(id, 'execute', {})).status).toBe(200);
  });

  test('what failed is taken up again, settled ones are not', async () => {
    const { id } = await plan();
    await at.pool.query(
      `update outcomes set state = case when msg_seq <= 3 then 'failed' when msg_seq = 4 then 'unknown' else 'recalled' end::outcome_state where recall_id = $1`,
      [id],
    );
    await at.pool.query('update recall_counters set pending = 0 where recall_id = $1', [id]);
    await at.pool.query(
      'update recall_counters set failed = 3, unknown = 1, recalled = 21, batches_done = 3 where recall_id = $1 and shard = 0',
      [id],
    );
    await at.pool.query(`update batches set state = 'done' where recall_id = $1`, [id]);
    await at.pool.query(`update recalls set state = 'completed_with_failures', finished_at = now() where id = $1`, [
      id,
    ]);
    const { body } = await act(id, 'retry');
    expect(body).toMatchObject({
      state: 'running',
      finishedAt: null,
      counts: { pending: 4, failed: 0, unknown: 0, recalled: 21 },
    });
    expect((await at.outcomes(id, '&state=pending')).map(({ msgSeq }) => msgSeq)).toEqual([4, 3, 2, 1]);
  });

  test('two at once: one acts, the other is told', async () => {
    const { id } = await plan();
    const answers = await Promise.all([act(id, 'execute'), act(id, 'execute')]);
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409']);
  });
});
