import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { BackfillDetails } from '@chat-recall/shared/history';
import { appId, startAtWork, type AtWork, type Page, type Refused } from './console-at-work.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork({ TENCENT_ROAMING_DAYS: '30' });
});
afterAll(() => at.stop());

const path = '/api/v1/backfills';

async function create(body: object): Promise<BackfillDetails> {
  const answer = await at.post<BackfillDetails>(path, body);
  expect(answer.status).toBe(202);
  expect(answer.headers.get('location')).toBe(`${path}/${answer.body.id}`);
  return answer.body;
}

test('a backfill is made, read, paused, resumed and cancelled, and each is in the audit', async () => {
  const made = await create({ kind: 'history', estimate: true });
  expect(made).toMatchObject({
    sdkAppId: appId,
    kind: 'history',
    state: 'listing',
    cause: null,
    estimate: true,
    requestedBy: 'admin',
    groups: null,
    parts: { total: 0, failed: 0 },
    missing: 0,
    messages: 0,
    estimatedSeconds: null,
    secondsLeft: null,
    calls: { made: 0, estimated: 0, left: 0, perSecond: 0, limit: null },
    notes: [],
    failed: [],
  });
  // As far back as the app's roaming goes.
  expect(Date.now() - Date.parse(made.since)).toBeLessThan(30.01 * 86_400_000);
  expect(Date.now() - Date.parse(made.since)).toBeGreaterThan(29.99 * 86_400_000);
  expect((await at.get(`${path}/${made.id}`)).body).toEqual(made);

  const second = await at.post<Refused>(path, { kind: 'files' });
  expect([second.status, second.body.code, second.body.detail]).toEqual([
    409,
    'conflict',
    expect.stringContaining(made.id),
  ]);
  const act = async (name: string): Promise<BackfillDetails & Refused> =>
    (await at.post<BackfillDetails & Refused>(`${path}/${made.id}/${name}`)).body;
  expect(await act('pause')).toMatchObject({
    state: 'paused',
    cause: { code: 'paused_by_person', zh: '已由人工暂停' },
  });
  expect(await act('pause')).toMatchObject({ status: 409, detail: expect.stringContaining('is paused') });
  expect(await act('resume')).toMatchObject({ state: 'listing', cause: null });
  expect(await act('cancel')).toMatchObject({ state: 'cancelled', finishedAt: expect.any(String) });
  expect(await act('resume')).toMatchObject({ status: 409 });

  const { rows } = await at.pool.query(
    `select action, actor, details ->> 'id' as id from audit where action like 'backfill.%' order by audit_id`,
  );
  expect(rows).toEqual(
    ['create', 'pause', 'resume', 'cancel'].map((name) => ({
      action: `backfill.${name}`,
      actor: 'admin',
      id: made.id,
    })),
  );
});

test('backfills are listed by pages, newest first, with their figures', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const { id } = await create({ kind: 'files', since: '2020-01-01T00:00:00+08:00' });
    ids.unshift(id);
    await at.post(`${path}/${id}/cancel`);
  }
  const first = (await at.get<Page<BackfillDetails>>(`${path}?limit=2`)).body;
  expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  // Files are kept for seven days.
  expect(Date.now() - Date.parse(String(first.items[0]?.since))).toBeLessThan(7.01 * 86_400_000);
  const next = (await at.get<Page<BackfillDetails>>(`${path}?limit=2&cursor=${first.nextCursor}`)).body;
  expect(next.items[0]?.id).toBe(ids[2]);
});

test('figures and notes of parts are added up, failed parts named', async () => {
  const { id } = await create({ kind: 'files' });
  await at.pool.query(
    `insert into backfill_parts (backfill_id, part, step, state, missing, calls_estimated, calls, messages, note) values
       ($1, '2026112100', 'hour', 'done', 1, 1, 1, 10, 'left_out:3,1,0'),
       ($1, '2026112101', 'hour', 'done', 1, 1, 2, 20, 'left_out:4,0,1'),
       ($1, '2026112102', 'hour', 'failed', 1, 1, 8, 0, 'wrong_checksum'),
       ($1, '2026112103', 'hour', 'waiting', 1, 1, 0, 0, null),
       ($1, E'@TGS#_c\\n@TGS#_c@TOPIC#_a', 'pages', 'failed', 40, 2, 8, 0, 'failed:10002'),
       ($1, '@TGS#live', 'pages', 'excluded', 0, 0, 0, 0, 'live')`,
    [id],
  );
  await at.pool.query(
    `insert into backfill_rates (backfill_id, slot, calls) values ($1, now() - interval '30 seconds', 15)`,
    [id],
  );
  await at.pool.query(
    `update backfills set state = 'running', listed_at = now(), calls = 3, calls_per_second = 9 where id = $1`,
    [id],
  );
  const { body } = await at.get<BackfillDetails>(`${path}/${id}`);
  expect(body).toMatchObject({
    parts: { total: 6, waiting: 1, running: 0, done: 2, failed: 2, excluded: 1 },
    missing: 44,
    messages: 30,
    calls: { made: 22, estimated: 6, left: 1, perSecond: 0.5, limit: 9 },
    estimatedSeconds: 1,
    secondsLeft: 2,
  });
  expect(body.notes.map(({ code, count }) => [code, count])).toEqual(
    expect.arrayContaining([
      ['left_out', 2],
      ['live', 1],
      ['failed', 1],
      ['wrong_checksum', 1],
    ]),
  );
  expect(body.notes.find(({ code }) => code === 'left_out')?.en).toBe(
    '7 messages of communities were left to history, which tells topics apart; 1 of groups that are gone; 1 malformed lines',
  );
  expect(body.failed).toEqual([
    { groupId: null, topicId: null, hour: '2026112102', cause: expect.objectContaining({ code: 'wrong_checksum' }) },
    {
      groupId: '@TGS#_c',
      topicId: '@TGS#_c@TOPIC#_a',
      hour: null,
      cause: {
        code: 'failed',
        en: 'it failed each time (10002): Internal error of the platform.',
        zh: '每次均失败 (10002): 平台内部错误。',
      },
    },
  ]);
  await at.post(`${path}/${id}/cancel`);
});

test.each([
  [{}, 'kind'],
  [{ kind: 'everything' }, 'kind'],
  [{ kind: 'history', since: 'yesterday' }, 'since'],
  [{ kind: 'history', since: '2999-01-01T00:00:00Z' }, 'since'],
  [{ kind: 'history', estimate: 'yes' }, 'estimate'],
  [{ kind: 'history', more: 1 }, 'more'],
])('%j is refused', async (body, field) => {
  const { status, body: problem } = await at.post<Refused>(path, body);
  expect(status).toBe(422);
  expect(problem.errors.map((fault) => fault.path)).toEqual([field]);
});

test('one that is not there is told so', async () => {
  for (const ask of [
    at.get<Refused>(`${path}/019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f`),
    at.post<Refused>(`${path}/019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f/pause`),
  ]) {
    expect((await ask).body).toMatchObject({ status: 404, code: 'not_found' });
  }
});
