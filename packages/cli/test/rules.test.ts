import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Client, type Recall, type Rule } from '@chat-recall/client';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { eventually } from '@chat-recall/testkit';
import { recall, recallAsked, type Ran } from './cli.ts';

let at: AtWork;
let client: Client;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: '40' });
  client = createClient({ baseUrl: at.url, token: adminToken });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
});
afterAll(() => at.stop());

const cli = (...args: string[]): Promise<Ran> => recall(args, environment);
async function json(...args: string[]): Promise<{ status: number | null; body: unknown }> {
  const { status, out, err } = await cli(...args, '--json');
  expect(err).toBe('');
  return { status, body: JSON.parse(out) as unknown };
}
/** Not before this second, which a rule made in it begins with. */
const soon = (from: string): { from: string; msgTime: number } => ({
  from,
  msgTime: Math.floor(Date.now() / 1_000) + 1,
});

test('create --follow takes back what comes after, says so, and ends', async () => {
  await at.say([{ from: 'tail' }]);
  const asked = recallAsked(['create', '--sender', 'tail', '--reason', 'r', '--follow', '3s'], environment, ['y']);
  const running = await eventually(async () => (await client.recalls.list({ state: ['running'] })).items[0]);
  await at.say([{ from: 'tail' }, { from: 'tail' }]);
  const { status, out } = await asked;
  expect([status, out]).toEqual([
    0,
    expect.stringContaining('Then what matches and comes is taken back, too, for 3 s.'),
  ]);
  expect(out).toContain('completed: 3 of 3 recalled');
  const shown = await cli('show', running.id);
  expect(shown.out).toMatch(/Tail .*ended; it was to last until .*Z; 2 came late/u);
  const listed = await cli('outcomes', running.id, '--csv');
  const [head = '', ...rows] = listed.out.trimEnd().split('\r\n');
  const late = head.split(',').indexOf('late');
  expect(rows.map((row) => row.split(',')[late])).toEqual(['true', 'true', 'false']);
});

test('stop-following ends the tail, and with it the recall', async () => {
  const { body } = await json('plan', '--sender', 'nobody', '--reason', 'r', '--follow', '1h');
  const { id, follow } = (body as { recall: Recall }).recall;
  expect(follow).toMatchObject({ seconds: 3_600, state: 'waiting' });
  await client.recalls.execute(id);
  expect((await cli('show', id)).out).toContain('follows until');
  expect(await json('stop-following', id)).toMatchObject({ status: 0, body: { follow: { state: 'ended' } } });
  expect((await client.recalls.wait(id, { everyMs: 20 })).state).toBe('completed');
  expect((await cli('stop-following', id)).status).toBe(1);
});

test('rules are made, listed with what they did, and cancelled', async () => {
  expect((await cli('rules', 'list', '--lang', 'zh')).out).toBe('没有规则。\n');
  const made = await json(
    'rules',
    'create',
    '--sender',
    'pest',
    '--reason',
    'adverts',
    '--name',
    'no adverts',
    '--daily-cap',
    '50',
    '--expires',
    '30d',
    '--yes',
  );
  const { id } = made.body as Rule;
  expect(made).toMatchObject({
    status: 0,
    body: { name: 'no adverts', dailyCap: 50, state: 'running', selector: { senders: ['pest'] } },
  });
  await at.say([soon('pest'), soon('pest')]);
  await eventually(async () => (await client.rules.get(id)).counts.recalled === 2);
  const listed = await json('rules', 'list');
  expect(listed.body).toMatchObject({ items: [{ id, today: { taken: 2, capped: false } }], more: false });
  const { out } = await cli('rules', 'list');
  expect(out).toMatch(/no adverts {2}running {2}admin {2}.*Z {2}2\/50 +2\/2/u);
  expect(await json('rules', 'cancel', id)).toMatchObject({ status: 0, body: { id, state: 'cancelled' } });
  expect((await cli('rules', 'cancel', id)).status).toBe(1);
});

test('a rule is asked about; a large one is approved by somebody who sees what it selects', async () => {
  const args = ['rules', 'create', '--keyword', '加微信', '--reason', 'r', '--daily-cap', '41', '--expires', '1d'];
  const declined = await recallAsked(args, environment, ['n']);
  expect([declined.status, declined.questions]).toEqual([1, [expect.stringMatching(/41 messages a day at most/u)]]);
  expect((await client.rules.list({ state: ['running'] })).items).toEqual([]);
  const tokenOf = async (person: string, role: 'moderator' | 'approver'): Promise<Record<string, string>> => ({
    ...environment,
    CHAT_RECALL_TOKEN: (await client.tokens.create({ name: `${role}-${person}`, person, role })).secret,
  });
  const [ann, bob] = [await tokenOf('ann', 'moderator'), await tokenOf('bob', 'approver')];
  const waiting = await recallAsked(args, ann, ['y']);
  expect([waiting.status, waiting.out]).toEqual([0, expect.stringContaining("awaits another person's approval")]);
  const id = /recall approve (\S+)/u.exec(waiting.out)?.[1] ?? '';
  const approved = await recallAsked(['approve', id], bob, ['y']);
  expect(approved).toMatchObject({
    status: 0,
    questions: [expect.stringMatching(/^Approve the rule that moderator-ann asked for: 41 messages a day/u)],
    out: expect.stringContaining('加微信'),
  });
  expect((await client.rules.get(id)).state).toBe('running');
});

test.each<[string[], RegExp]>([
  [['rules', 'create', '--sender', 'x', '--reason', 'r', '--expires', '1d'], /--daily-cap.*is required/u],
  [['rules', 'create', '--sender', 'x', '--reason', 'r', '--daily-cap', '5'], /--expires.*is required/u],
  [['rules', 'create', '--sender', 'x', '--daily-cap', '5', '--expires', '1d'], /--reason: is required/u],
  [
    ['rules', 'create', '--since', '1h', '--reason', 'r', '--daily-cap', '5', '--expires', '1d', '--yes'],
    /nothing is selected/u,
  ],
  [
    ['rules', 'create', '--sender', 'x', '--reason', 'r', '--daily-cap', '5', '--expires', '91d', '--yes'],
    /--expires.*90 days/u,
  ],
  [['create', '--sender', 'x', '--reason', 'r', '--follow', '25h', '--yes'], /--follow/u],
])('%j: 2', async (args, what) => {
  const { status, err } = await cli(...args);
  expect([status, err]).toEqual([2, expect.stringMatching(what)]);
});
