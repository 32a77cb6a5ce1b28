import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lookForLate, type Recall, type Rule } from '@chat-recall/shared/recalls';
import { startAtWork, type Answer, type AtWork, type Page, type Refused } from './console-at-work.ts';
import { auditOf, tokenFor } from './signed-in.ts';

let at: AtWork;
let msgSeq = 0;
beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: '50' });
});
afterAll(() => at.stop());

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const good = { selector: { senders: ['pest'] }, reason: 'adverts', dailyCap: 50, expiresAt: inDays(30) };
const make = (rule: object = {}, headers = {}): Promise<Answer<Rule & Refused>> =>
  at.post('/api/v1/rules', { ...good, ...rule }, headers);
const read = async (id: string): Promise<Rule> => (await at.get<Rule>(`/api/v1/rules/${id}`)).body;
/** In the middle of the coming second, so that no clock of whole seconds puts it before the rule. */
const say = (sender: string, count: number): Promise<void> =>
  at.say(Array.from({ length: count }, () => ({ sender, msgSeq: (msgSeq += 1), msgTime: Date.now() + 500 })));
async function look(id: string): Promise<void> {
  await at.pool.query(`update follows set looked_at = looked_at - interval '1 second' where recall_id = $1`, [id]);
  await lookForLate(at.db, id, null);
}

test('a rule runs at once, and tells what it did', async () => {
  await say('pest', 3);
  await at.pool.query('update messages set msg_time = msg_time - interval $$1 hour$$');
  const { status, headers, body } = await make({ name: 'no adverts', priority: 'urgent' });
  expect([status, headers.get('location')]).toEqual([201, `/api/v1/rules/${body.id}`]);
  expect(body).toEqual({
    id: expect.any(String),
    sdkAppId: expect.any(Number),
    name: 'no adverts',
    owner: 'admin',
    priority: 'urgent',
    selector: good.selector,
    reason: 'adverts',
    dailyCap: 50,
    expiresAt: good.expiresAt,
    state: 'running',
    stateNote: null,
    approval: null,
    protectedLeftOut: 0,
    leftOut: 0,
    cause: null,
    counts: expect.objectContaining({ matched: 0, planned: 0 }),
    today: { day: new Date().toISOString().slice(0, 10), taken: 0, leftOut: 0, capped: false },
    lastHitAt: null,
    createdAt: expect.any(String),
    startedAt: expect.any(String),
    finishedAt: null,
  });
  await say('pest', 4);
  await look(body.id);
  expect(await read(body.id)).toMatchObject({
    counts: { matched: 4, planned: 4, pending: 4 },
    today: { taken: 4, capped: false },
    lastHitAt: expect.any(String),
  });
  expect((await at.outcomes(body.id)).map(({ late }) => late)).toEqual([true, true, true, true]);
  const recall = (await at.get<Recall>(`/api/v1/recalls/${body.id}`)).body;
  expect(recall).toMatchObject({
    rule: { name: 'no adverts', dailyCap: 50 },
    follow: { state: 'following', until: good.expiresAt, late: 4 },
  });
});

test('rules are listed, and told from other recalls', async () => {
  const rule = (await make()).body;
  const recall = await at.planned({ selector: { senders: ['nobody'] }, reason: 'x', mode: 'plan', followSeconds: 60 });
  expect(recall).toMatchObject({ rule: null, follow: { seconds: 60, until: null, state: 'waiting', late: 0 } });
  const ids = async (path: string): Promise<string[]> =>
    (await at.get<Page<{ id: string }>>(`/api/v1/${path}`)).body.items.map(({ id }) => id);
  const [rules, ofRules, ofRecalls] = [
    await ids('rules'),
    await ids('recalls?kind=rule'),
    await ids('recalls?kind=recall'),
  ];
  expect(rules[0]).toBe(rule.id);
  expect(ofRules).toEqual(rules);
  expect(ofRecalls).toContain(recall.id);
  expect(ofRecalls).not.toContain(rule.id);
  expect(await ids('recalls')).toHaveLength(ofRules.length + ofRecalls.length);
  const { nextCursor } = (await at.get<Page<Rule>>('/api/v1/rules?limit=1')).body;
  expect(await ids(`rules?cursor=${nextCursor}`)).toEqual(rules.slice(1));
  expect(await ids('rules?state=cancelled')).toEqual([]);
  for (const id of [recall.id, '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f']) {
    expect((await at.get<Refused>(`/api/v1/rules/${id}`)).body.code).toBe('not_found');
    expect((await at.post<Refused>(`/api/v1/rules/${id}/cancel`)).body.code).toBe('not_found');
  }
});

test('a cap above the bound waits for another person; nothing is taken back before', async () => {
  const [asking, own, other] = [
    await tokenFor(at, 'moderator', { person: 'eva' }),
    await tokenFor(at, 'approver', { person: 'eva' }),
    await tokenFor(at, 'approver'),
  ];
  const rule = (await make({ dailyCap: 51, selector: { senders: ['waited'] } }, asking.bearer)).body;
  expect(rule).toMatchObject({
    state: 'awaiting_approval',
    startedAt: null,
    owner: asking.name,
    approval: { above: 50 },
  });
  await say('waited', 2);
  await look(rule.id);
  expect((await read(rule.id)).counts.matched).toBe(0);
  const approve = (bearer: object): Promise<Answer<Recall & Refused>> =>
    at.post(`/api/v1/recalls/${rule.id}/approve`, {}, { ...bearer });
  expect((await approve(asking.bearer)).status).toBe(403);
  expect((await approve(own.bearer)).body).toMatchObject({ code: 'forbidden' });
  // Whoever approves sees what it selects, and how much of it a day.
  expect((await at.get<Rule>(`/api/v1/rules/${rule.id}`, other.bearer)).body).toMatchObject({
    selector: { senders: ['waited'] },
    dailyCap: 51,
  });
  expect((await approve(other.bearer)).body).toMatchObject({ state: 'running', approval: { approvedBy: other.name } });
  await look(rule.id);
  expect(await read(rule.id)).toMatchObject({ state: 'running', counts: { matched: 2, planned: 2 } });
  expect((await make({}, asking.bearer)).body.state).toBe('running');
  expect((await make({ dailyCap: 51 })).body.state).toBe('running');
});

test("a token's largest recall bounds the cap", async () => {
  const { bearer } = await tokenFor(at, 'moderator', { maxMessages: 20 });
  expect((await make({ dailyCap: 20 }, bearer)).status).toBe(201);
  const refused = await make({ dailyCap: 21 }, bearer);
  expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
  expect(refused.body.detail).toMatch(/21.* 20/u);
});

test('cancelling ends it; an ended one cannot be', async () => {
  const { id } = (await make()).body;
  expect((await at.post<Rule>(`/api/v1/rules/${id}/cancel`)).body).toMatchObject({
    state: 'cancelled',
    finishedAt: expect.any(String),
  });
  expect((await at.post<Refused>(`/api/v1/rules/${id}/cancel`)).body.code).toBe('conflict');
});

test('the same key makes it once; with another cap it is a conflict', async () => {
  const key = { 'idempotency-key': 'rule-1' };
  const [one, two] = [await make({}, key), await make({}, key)];
  expect(two.body.id).toBe(one.body.id);
  expect((await make({ dailyCap: 49 }, key)).body.code).toBe('conflict');
  expect((await auditOf(at, `&recallId=${one.body.id}`)).map(({ action }) => action)).toEqual(['rule.create']);
});

test('each step stands in the audit, with senders by pseudonym', async () => {
  const rule = (await make({ selector: { senders: ['mallory-id'] } })).body;
  await at.post(`/api/v1/rules/${rule.id}/cancel`);
  const recall = await at.planned({ selector: { senders: ['mallory-id'] }, reason: 'x', followSeconds: 60 });
  const { body } = await at.post<Recall>(`/api/v1/recalls/${recall.id}/stop-following`);
  expect(body.follow?.state).toBe('ended');
  expect((await at.post<Refused>(`/api/v1/recalls/${recall.id}/stop-following`)).body.code).toBe('conflict');
  const rows = [...(await auditOf(at, `&recallId=${rule.id}`)), ...(await auditOf(at, `&recallId=${recall.id}`))];
  expect(rows.map(({ action }) => action)).toEqual([
    'rule.create',
    'rule.cancel',
    'recall.create',
    'recall.stop_following',
  ]);
  expect(rows[0]?.details).toMatchObject({ dailyCap: 50, expiresAt: good.expiresAt, reason: 'adverts' });
  expect(rows[2]?.details).toMatchObject({ followSeconds: 60 });
  expect(JSON.stringify(rows)).not.toContain('mallory-id');
});

describe('bad input', () => {
  const paths = ({ body }: Answer<Refused>): string[] => body.errors.map(({ path }) => path).sort();
  test.each<[object, string[]]>([
    [{ dailyCap: 0 }, ['dailyCap']],
    [{ dailyCap: undefined, expiresAt: undefined, reason: ' ' }, ['dailyCap', 'expiresAt', 'reason']],
    [{ dailyCap: 1.5, name: '', priority: 'now', more: 1 }, ['dailyCap', 'more', 'name', 'priority']],
    [{ dailyCap: 1_000_001, selector: {} }, ['dailyCap', 'selector']],
    [{ selector: { messages: [{ groupId: 'g', msgSeqs: [1] }] } }, ['selector']],
    [{ selector: { senders: ['x'], sdkAppId: 7 } }, ['selector.sdkAppId']],
    [{ expiresAt: 'soon' }, ['expiresAt']],
    [{ expiresAt: inDays(91) }, ['expiresAt']],
    [{ expiresAt: inDays(-1) }, ['expiresAt']],
  ])('%j', async (rule, expected) => {
    const refused = await make(rule);
    expect([refused.status, paths(refused)]).toEqual([422, expected]);
  });

  test.each([
    [{ followSeconds: -1 }, ['followSeconds']],
    [{ followSeconds: 86_401 }, ['followSeconds']],
    [{ followSeconds: '60' }, ['followSeconds']],
    [{ selector: { messages: [{ groupId: 'g', msgSeqs: [1] }] }, followSeconds: 60 }, ['followSeconds']],
    [
      { selector: { messages: [{ groupId: 'g', msgSeqs: [0] }] }, followSeconds: 1, x: 1 },
      ['followSeconds', 'selector.messages[0].msgSeqs[0]', 'x'],
    ],
  ])('a recall with %j', async (request, expected) => {
    const refused = await at.post<Refused>('/api/v1/recalls', {
      selector: { senders: ['x'] },
      reason: 'x',
      ...request,
    });
    expect([refused.status, paths(refused)]).toEqual([422, expected]);
  });
});
