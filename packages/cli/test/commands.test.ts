import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { createPool } from '@chat-recall/shared/db';
import { createClient, type Client } from '@chat-recall/client';
import { recall, recallAsked, type Ran } from './cli.ts';

let at: AtWork;
let client: Client;
let environment: Record<string, string>;
let folder: string;
beforeAll(async () => {
  at = await startAtWork();
  client = createClient({ baseUrl: at.url, token: adminToken });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
  folder = mkdtempSync(join(tmpdir(), 'recall-cli-'));
});
afterAll(async () => {
  await at.stop();
  rmSync(folder, { recursive: true });
});
afterEach(() => at.standIn.faults.clear());

function cli(...args: string[]): Promise<Ran> {
  return recall(args, environment);
}

/** What `--json` printed, with the exit status; whatever happens, it is one document. */
async function json(...args: string[]): Promise<{ status: number | null; body: Record<string, unknown> }> {
  const { status, out, err } = await cli(...args, '--json');
  expect(err).toBe('');
  expect(out).not.toContain(adminToken);
  return { status, body: JSON.parse(out) as Record<string, unknown> };
}

async function planned(sender: string): Promise<string> {
  const { id } = await client.recalls.create({ selector: { senders: [sender] }, reason: 'test', mode: 'plan' });
  return (await client.recalls.wait(id, { everyMs: 20, until: ({ state }) => state === 'planned' })).id;
}

function many(from: string, count: number): { from: string; text: string }[] {
  return Array.from({ length: count }, (_, n) => ({ from, text: `${from} 加微信 ${n}` }));
}

const recallKeys = [
  'approval',
  'batches',
  'canary',
  'check',
  'counts',
  'createdAt',
  'detailsDroppedAt',
  'executedBy',
  'finishedAt',
  'follow',
  'id',
  'mode',
  'pauseCode',
  'plannedAt',
  'priority',
  'proof',
  'protectedLeftOut',
  'reason',
  'requestedBy',
  'rule',
  'sdkAppId',
  'selector',
  'source',
  'startedAt',
  'state',
  'stateCause',
  'stateNote',
];

test('search', async () => {
  await at.say([...many('searched', 3), { from: 'searched', text: 'evil \u{1b}[2J\ntext' }]);
  const { status, out, err } = await cli('search', '--sender', 'searched', '--limit', '2');
  expect(status).toBe(0);
  expect(out).toContain('searched');
  expect(out).toContain('evil \u{fffd}[2J text');
  expect(out).not.toContain('\u{1b}');
  expect(err).toContain('newest 2 are shown');
  const found = await json('search', '--keyword', '加微', '--since', '1h', '--sender', 'searched');
  expect(found).toMatchObject({ status: 0, body: { more: false } });
  const items = found.body['items'] as Record<string, unknown>[];
  expect(items).toHaveLength(3);
  expect(Object.keys(items[0] ?? {}).sort()).toEqual([
    'groupId',
    'messageTypes',
    'msgSeq',
    'recalled',
    'sender',
    'sentAt',
    'text',
    'textKept',
    'topicId',
  ]);
  expect((await cli('search', '--sender', 'nobody', '--lang', 'zh')).out).toBe('没有匹配的消息。\n');
});

test('create with --yes recalls everything: 0', async () => {
  await at.say(many('wave', 25));
  const { status, out, err } = await cli(
    'create',
    '--sender',
    'wave',
    '--since',
    '24h',
    '--reason',
    'spam wave',
    '--yes',
  );
  expect([status, err.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/ is completed\.$/u)]);
  expect(out).toMatch(/25 messages in 1 conversation, 3 calls/u);
  expect(out).toMatch(/By group\n {2}25 {2}@TGS#A {2}Public\n/u);
  expect(out).toMatch(/By sender\n {2}25 {2}wave\n/u);
  expect(out).toContain('completed: 25 of 25 recalled');
  expect(out).not.toContain('\u{1b}');
});

test('create --json is the recall and its plan', async () => {
  await at.say(many('jay', 12));
  const { status, body } = await json('create', '--sender', 'jay', '--reason', 'r', '--yes', '--priority', 'urgent');
  expect(status).toBe(0);
  expect(Object.keys(body).sort()).toEqual(['plan', 'recall']);
  expect(body).toMatchObject({
    recall: { state: 'completed', priority: 'urgent', counts: { planned: 12, recalled: 12 } },
    plan: { messages: 12, toCall: 12, calls: 2 },
  });
  expect(Object.keys(body['recall'] as object).sort()).toEqual(recallKeys);
  expect(Object.keys(body['plan'] as object).sort()).toEqual([
    'alreadyRecalled',
    'byGroup',
    'bySender',
    'calls',
    'conversations',
    'coverage',
    'drift',
    'etaSeconds',
    'matched',
    'messages',
    'overTime',
    'protectedLeftOut',
    'sample',
    'toCall',
    'warnings',
  ]);
});

test('create with failures: 1, what went wrong, and what to do; retry then recalls them', async () => {
  const [first = 0] = await at.say(many('faulty', 15));
  at.standIn.faults.add({ groupId: '@TGS#A', sequence: first + 4, effect: { kind: 'poison' } });
  const { status, out } = await cli('create', '--sender', 'faulty', '--reason', 'r', '--yes');
  expect(status).toBe(1);
  expect(out).toContain('completed with failures: 14 of 15 recalled');
  expect(out).toMatch(/What was not recalled\n {2}1 failed \(10004\)/u);
  const id = /recall retry (\S+)/u.exec(out)?.[1] ?? '';
  const listed = await json('outcomes', id, '--state', 'failed');
  expect(listed).toMatchObject({ status: 0, body: { more: false, items: [{ msgSeq: first + 4, state: 'failed' }] } });
  at.standIn.faults.clear();
  const retried = await cli('retry', id, '--watch');
  expect([retried.status, retried.out]).toEqual([0, expect.stringContaining('completed: 15 of 15 recalled')]);
});

test('create asks; a no cancels the plan: 1, and nothing was called', async () => {
  await at.say(many('asked', 5));
  const before = at.standIn.ledger.count('group_msg_recall');
  const args = ['create', '--sender', 'asked', '--reason', 'r'];
  const no = await recallAsked(args, environment, ['n']);
  expect([no.status, no.questions]).toEqual([1, [expect.stringMatching(/^Recall 5 messages\?/u)]]);
  const id = /recall (\S+) is cancelled/u.exec(no.err)?.[1] ?? '';
  expect(await client.recalls.get(id)).toMatchObject({ state: 'cancelled' });
  expect(at.standIn.ledger.count('group_msg_recall')).toBe(before);
  const yes = await recallAsked([...args, '--lang', 'zh'], environment, ['是']);
  expect([yes.status, yes.out]).toEqual([0, expect.stringContaining('已完成：5 条中已撤回 5 条')]);
});

test('a large number must be typed', async () => {
  await at.say(many('crowd', 101));
  const args = ['create', '--sender', 'crowd', '--reason', 'r'];
  expect(await recallAsked(args, environment, ['y'])).toMatchObject({
    status: 1,
    questions: [expect.stringContaining('Type 101')],
  });
  expect(await recallAsked(args, environment, ['101'])).toMatchObject({ status: 0 });
});

test('--at-most refuses a larger plan: 1, cancelled', async () => {
  await at.say(many('atmost', 4));
  const { status, body } = await json('create', '--sender', 'atmost', '--reason', 'r', '--yes', '--at-most', '3');
  expect([status, body]).toMatchObject([
    1,
    { error: { code: 'at_most', message: expect.stringContaining('--at-most') } },
  ]);
});

test('nothing matches, or all is recalled already: said, 0', async () => {
  const none = await cli('create', '--sender', 'nobody-at-all', '--reason', 'r', '--yes');
  expect([none.status, none.out]).toEqual([0, expect.stringContaining('Nothing to recall: no message matches.')]);
  const again = await cli('create', '--sender', 'wave', '--reason', 'r', '--yes');
  expect([again.status, again.out]).toEqual([
    0,
    expect.stringContaining('all 25 messages in the plan are recalled already'),
  ]);
});

test('one idempotency key, one recall', async () => {
  await at.say(many('once', 3));
  const args = ['create', '--sender', 'once', '--reason', 'r', '--yes', '--idempotency-key', 'cli-1'];
  const [first, second] = [await json(...args), await json(...args)];
  expect([first.status, second.status]).toEqual([0, 0]);
  expect((second.body['recall'] as { id: string }).id).toBe((first.body['recall'] as { id: string }).id);
  expect(
    await json('create', '--sender', 'other', '--reason', 'r', '--yes', '--idempotency-key', 'cli-1'),
  ).toMatchObject({
    status: 1,
    body: { error: { code: 'conflict' } },
  });
});

test('create --file, with exported outcomes and from standard input', async () => {
  const seqs = await at.say(many('filed', 3));
  const csv = join(folder, 'seqs.csv');
  writeFileSync(csv, `groupId,topicId,msgSeq\n'@TGS#A,,${seqs[0]}\n@TGS#A,,${seqs[1]}\n`);
  expect(await json('create', '--file', csv, '--reason', 'r', '--yes')).toMatchObject({
    status: 0,
    body: { recall: { counts: { recalled: 2 }, selector: { messages: [{ groupId: '@TGS#A' }] } } },
  });
  const args = ['create', '--file', '-', '--reason', 'r', '--yes', '--json'];
  const piped = await recall(args, environment, `groupId,msgSeq\n@TGS#A,${seqs[2]}\n`);
  expect(JSON.parse(piped.out)).toMatchObject({ recall: { counts: { recalled: 1 } } });
});

test('create --same-text-as and --canary', async () => {
  const seqs = await at.say(['copier1', 'copier2', 'copier3'].map((from) => ({ from, text: 'the very same text' })));
  expect(
    await json('create', '--same-text-as', `@TGS#A:${seqs[0]}`, '--canary', '1', '--reason', 'copies', '--yes'),
  ).toMatchObject({
    status: 0,
    body: { recall: { canary: { messages: 1, state: 'passed' }, counts: { recalled: 3 } } },
  });
});

test('plan freezes and sends nothing; plan ID shows it; execute carries it out', async () => {
  await at.say(many('frozen', 7));
  const before = at.standIn.ledger.count('group_msg_recall');
  const made = await cli('plan', '--sender', 'frozen', '--reason', 'r');
  expect([made.status, made.out]).toEqual([0, expect.stringContaining('nothing was sent')]);
  const id = /recall execute (\S+)/u.exec(made.out)?.[1] ?? '';
  expect(await json('plan', id)).toMatchObject({
    status: 0,
    body: { plan: { messages: 7 }, recall: { state: 'planned' } },
  });
  expect(await json('create', '--plan', '--sender', 'frozen', '--reason', 'r')).toMatchObject({
    status: 0,
    body: { recall: { state: 'planned' } },
  });
  expect(at.standIn.ledger.count('group_msg_recall')).toBe(before);
  expect(await recallAsked(['execute', id], environment, [''])).toMatchObject({ status: 1, err: 'Nothing was done.' });
  expect(await json('execute', id, '--yes', '--watch')).toMatchObject({ status: 0, body: { state: 'completed' } });
});

test('a plan that no longer fits is told, and needs --confirm-drift', async () => {
  await at.say(many('drifting', 10));
  const id = await planned('drifting');
  await at.say(many('drifting', 10));
  expect(await json('execute', id, '--yes')).toMatchObject({
    status: 1,
    body: {
      error: { code: 'plan_drift', message: expect.stringMatching(/matched 10 .* matches 20 now[^]*--confirm-drift/u) },
    },
  });
  const asked = await recallAsked(['execute', id, '--watch'], environment, ['y', 'y']);
  expect([asked.status, asked.questions.length]).toEqual([0, 2]);
  expect(asked.out).toContain('completed: 10 of 10 recalled');
});

test('watch ends with the recall, or with its time', async () => {
  await at.say(many('watched', 5));
  const id = await planned('watched');
  const late = await cli('watch', id, '--timeout', '1s');
  expect([late.status, late.err]).toEqual([1, expect.stringContaining('The time is up; the recall goes on.')]);
  await client.recalls.execute(id);
  const { status, body } = await json('watch', id);
  expect([status, body['state']]).toEqual([0, 'completed']);
  expect(Object.keys(body).sort()).toEqual(recallKeys);
});

test('pause, resume, cancel; a state that does not allow it: 1', async () => {
  await at.say(many('paused', 3));
  const id = await planned('paused');
  expect(await json('pause', id)).toMatchObject({ status: 1, body: { error: { code: 'conflict' } } });
  expect(await json('resume', id)).toMatchObject({ status: 1, body: { error: { code: 'conflict' } } });
  expect(await json('cancel', id)).toMatchObject({ status: 0, body: { state: 'cancelled' } });
  expect(await json('watch', id)).toMatchObject({ status: 1, body: { state: 'cancelled' } });
  expect(await json('approve', id, '--yes')).toMatchObject({ status: 1, body: { error: { code: 'conflict' } } });
});

test('list and show', async () => {
  const { status, body } = await json('list', '--limit', '2');
  expect([status, Object.keys(body).sort(), (body['items'] as object[]).length, body['more']]).toEqual([
    0,
    ['items', 'more'],
    2,
    true,
  ]);
  const id = (body['items'] as { id: string }[])[0]?.id ?? '';
  const text = await cli('list', '--state', 'cancelled', '--by', 'admin');
  expect(text.out).toContain('cancelled');
  expect((await cli('list', '--state', 'failed')).out).toBe('There is no recall.\n');
  const shown = await json('show', id);
  expect([shown.status, Object.keys(shown.body).sort()]).toEqual([0, ['errors', 'recall']]);
  expect((await cli('show', id)).out).toMatch(/^Recall +\S+\nApp +1400000555\nState /u);
  const pool = createPool({ databaseUrl: at.databaseUrl, name: 'test' });
  await pool.query('update recalls set details_dropped_at = now() where id = $1', [id]);
  expect((await cli('show', id)).out).toMatch(/^Outcomes dropped +\d{4}-\d\d-\d\d /mu);
  await pool.query('update recalls set details_dropped_at = null where id = $1', [id]);
  await pool.end();
});

test('outcomes as table, CSV and NDJSON', async () => {
  await at.say(many('shown', 3));
  const id = await planned('shown');
  await client.recalls.execute(id);
  await client.recalls.wait(id, { everyMs: 20 });
  const table = await cli('outcomes', id, '--limit', '2');
  expect([table.status, table.out.trimEnd().split('\n').length]).toEqual([0, 3]);
  expect(table.err).toContain('there are more');
  const csv = (await cli('outcomes', id, '--csv', '--state', 'recalled')).out.trimEnd().split('\r\n');
  expect([csv.length, csv[0]]).toEqual([4, expect.stringMatching(/^groupId,topicId,msgSeq,/u)]);
  const ndjson = (await cli('outcomes', id, '--ndjson')).out.trimEnd().split('\n');
  expect(ndjson.map((line) => (JSON.parse(line) as { state: string }).state)).toEqual([
    'recalled',
    'recalled',
    'recalled',
  ]);
  expect(await cli('outcomes', id, '--csv', '--ndjson')).toMatchObject({ status: 2 });
});

test('tokens, and what a lesser one may do', async () => {
  const made = await json(
    'tokens',
    'create',
    '--name',
    'desk',
    '--person',
    'ann',
    '--role',
    'moderator',
    '--expires',
    '30d',
  );
  const { id, secret } = made.body as { id: string; secret: string };
  expect([made.status, secret]).toEqual([0, expect.stringMatching(/^crt_/u)]);
  const hers = { ...environment, CHAT_RECALL_TOKEN: secret };
  expect(await recall(['tokens', 'list'], hers)).toMatchObject({
    status: 1,
    err: expect.stringContaining('may not do this'),
  });
  const listed = await json('tokens', 'list');
  expect(listed.body['items']).toEqual([expect.objectContaining({ name: 'desk', person: 'ann', role: 'moderator' })]);
  expect(JSON.stringify(listed.body)).not.toContain(secret);
  expect((await cli('tokens', 'list')).out).toContain('active');
  expect(await json('tokens', 'revoke', id)).toMatchObject({ status: 0, body: { name: 'desk' } });
  const refused = await recall(['list'], hers);
  expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('does not accept the token')]);
  expect(refused.out + refused.err).not.toContain(secret);
});

test('sessions are listed, and those of a person ended', async () => {
  expect((await cli('sessions', 'list')).out).toBe('Nobody is logged in in a browser.\n');
  const { secret } = await client.tokens.create({ name: 'eve-laptop', person: 'eve', role: 'viewer' });
  for (const token of [secret, secret, adminToken]) {
    const { status } = await fetch(`${at.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(status).toBe(200);
  }
  const { status, body } = await json('sessions', 'list');
  const hers = { person: 'eve', name: 'eve-laptop', role: 'viewer', by: 'token', current: false };
  expect([status, body]).toEqual([
    0,
    { items: [expect.objectContaining({ person: 'admin' }), ...Array(2).fill(expect.objectContaining(hers))] },
  ]);
  expect((await cli('sessions', 'list')).out).toMatch(/^eve +viewer +token eve-laptop +\S+ \S+Z +\S+ \S+Z$/mu);
  expect(await cli('sessions', 'end', 'eve')).toMatchObject({ status: 0, out: '2 sessions of eve ended.\n' });
  expect(await json('sessions', 'end', 'eve')).toEqual({ status: 0, body: { person: 'eve', ended: 0 } });
  expect((await cli('sessions', 'end', 'eve', '--lang', 'zh')).out).toBe('eve 没有会话。\n');
  expect((await cli('sessions', 'list')).out).not.toContain('eve');
  expect(await cli('sessions', 'end')).toMatchObject({ status: 2 });
  expect(await recall(['sessions', 'list'], { ...environment, CHAT_RECALL_TOKEN: secret })).toMatchObject({
    status: 1,
    err: expect.stringContaining('may not do this'),
  });
});

test('a recall above the limit awaits another person, who approves it', async () => {
  const large = await startAtWork({ RECALL_APPROVAL_ABOVE: '4' });
  try {
    await large.say(many('raid', 6));
    const owner = createClient({ baseUrl: large.url, token: adminToken });
    const tokenOf = async (person: string, role: 'moderator' | 'approver'): Promise<Record<string, string>> => ({
      CHAT_RECALL_URL: large.url,
      CHAT_RECALL_TOKEN: (await owner.tokens.create({ name: `${role}-${person}`, person, role })).secret,
    });
    const [ann, bob] = [await tokenOf('ann', 'moderator'), await tokenOf('bob', 'approver')];
    const made = await recall(['create', '--sender', 'raid', '--reason', 'r', '--yes'], ann);
    expect([made.status, made.out]).toEqual([1, expect.stringContaining("awaits another person's approval")]);
    const id = /recall approve (\S+)/u.exec(made.out)?.[1] ?? '';
    const approved = await recallAsked(['approve', id, '--watch'], bob, ['y']);
    expect([approved.status, approved.questions]).toEqual([
      0,
      [expect.stringMatching(/^Approve the recall of 6 messages/u)],
    ]);
    expect(approved.out).toContain('completed: 6 of 6 recalled');
  } finally {
    await large.stop();
  }
});

test('protect', async () => {
  expect(await json('protect', 'add', '--sender', 'boss', '--reason', 'ours')).toMatchObject({ status: 0 });
  expect(await json('protect', 'add', '--group', '@TGS#A', '--seq', '1', '--reason', 'pinned')).toMatchObject({
    status: 0,
  });
  expect(await json('protect', 'list')).toMatchObject({
    status: 0,
    body: { senders: [{ sender: 'boss' }], messages: [{ groupId: '@TGS#A', msgSeq: 1 }] },
  });
  expect((await cli('protect', 'list')).out).toContain('sender boss');
  await at.say(many('boss', 2));
  const { out } = await cli('plan', '--sender', 'boss', '--reason', 'r');
  expect(out).toContain('protected, left out: 2');
  expect(await json('protect', 'remove', '--sender', 'boss')).toEqual({
    status: 0,
    body: { removed: { sender: 'boss' } },
  });
  expect(await json('protect', 'remove', '--group', '@TGS#A', '--seq', '1')).toMatchObject({ status: 0 });
  expect((await cli('protect', 'list', '--lang', 'zh')).out).toBe('没有受保护项。\n');
});

test('audit', async () => {
  const { status, body } = await json('audit', 'list', '--limit', '3');
  expect([status, Object.keys(body).sort(), (body['items'] as object[]).length]).toEqual([0, ['items', 'more'], 3]);
  expect((await cli('audit', 'list')).out).toContain('admin');
  expect(await json('audit', 'verify')).toMatchObject({ status: 0, body: { firstBroken: null } });
  expect((await cli('audit', 'verify')).out).toMatch(/^The chain of \d+ rows is whole\.\n$/u);
});
