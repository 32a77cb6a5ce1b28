import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Client, type Recall } from '@chat-recall/client';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { recall, recallAsked, type Ran } from './cli.ts';

let at: AtWork;
let client: Client;
let pool: Pool;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork();
  client = createClient({ baseUrl: at.url, token: adminToken });
  pool = createPool({ databaseUrl: at.databaseUrl, name: 'test' });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
});
afterAll(async () => {
  await pool.end();
  await at.stop();
});

const cli = (...args: string[]): Promise<Ran> => recall(args, environment);
async function json(...args: string[]): Promise<{ status: number | null; body: Record<string, unknown> }> {
  const { status, out, err } = await cli(...args, '--json');
  expect(err).toBe('');
  return { status, body: JSON.parse(out) as Record<string, unknown> };
}

/** A recall of so many messages that has ended. */
async function recalled(sender: string, count: number): Promise<Recall & { readonly seqs: readonly number[] }> {
  const seqs = await at.say(Array.from({ length: count }, () => ({ from: sender })));
  const { id } = await client.recalls.create({ selector: { senders: [sender] }, reason: 'test' });
  return { ...(await client.recalls.wait(id, { everyMs: 20 })), seqs };
}

test('what nobody confirmed is told with what to do; verify --watch proves it: 0', async () => {
  const { id } = await recalled('unconfirmed', 4);
  const fresh = await cli('watch', id);
  expect([fresh.status, fresh.out]).toEqual([
    0,
    expect.stringMatching(/4 of 4 recalled.*\nproof: 4 answered, 0 confirmed, 0 verified; 4 unproved\n$/u),
  ]);
  // So long ago that no worker asks by itself.
  await pool.query(`update recalls set finished_at = finished_at - interval '2 days' where id = $1`, [id]);
  const shown = await cli('show', id);
  expect(shown.out).toMatch(/^Proof +4 answered, 0 confirmed, 0 verified; 4 unproved$/mu);
  expect(shown.out).toContain(`recall verify ${id}`);
  expect((await cli('watch', id)).out).toContain(`recall verify ${id}`);

  const verified = await json('verify', id, '--watch');
  expect(Object.keys(verified.body).sort()).toEqual(['disproved', 'recall']);
  expect(verified).toMatchObject({
    status: 0,
    body: { disproved: 0, recall: { id, proof: { verified: 4, unproved: 0, verification: 'done' } } },
  });
  const after = await cli('show', id, '--lang', 'zh');
  expect(after.out).toMatch(/^证明 +应答 4 条，确认 0 条，核实 4 条；全部已证明$/mu);
  expect(after.out).not.toContain('recall verify');
});

test('verify --watch finds what is still there: 1, and retry takes it back', async () => {
  const { id, seqs } = await recalled('undead', 5);
  const message = at.standIn.message('@TGS#A', null, seqs[2] ?? 0);
  if (message !== undefined) message.recalled = null;
  // An answer of the last minute is not held against what history shows.
  await pool.query(`update recall_marks set answered_at = answered_at - interval '2 minutes'`);
  const { status, out } = await cli('verify', id, '--watch');
  expect(status).toBe(1);
  expect(out).toContain('History was asked: 4 answered, 0 confirmed, 4 verified; none unproved.');
  expect(out).toContain(
    `1 message is still there, although the recall was answered: failed now. Call again: recall retry ${id}`,
  );
  expect((await cli('retry', id, '--watch')).status).toBe(0);
  expect(await json('verify', id, '--all', '--watch')).toMatchObject({
    status: 0,
    body: { disproved: 0, recall: { proof: { verified: 5 } } },
  });
});

test('without --watch it comes back at once; a recall that took nothing back is refused: 1', async () => {
  const { id } = await recalled('asked', 1);
  const asked = await json('verify', id);
  expect(asked).toMatchObject({ status: 0, body: { disproved: null, recall: { id } } });
  const { id: other } = await client.recalls.create({ selector: { senders: ['x'] }, reason: 'test', mode: 'plan' });
  await client.recalls.wait(other, { everyMs: 20, until: ({ state }) => state === 'planned' });
  expect(await json('verify', other)).toMatchObject({ status: 1, body: { error: { code: 'conflict' } } });
});

test('--verify-senders and --refresh leave out what history does not bear out; findings show it', async () => {
  const [kept = 0, edited = 0] = await at.say([
    { from: 'pest', text: 'buy now' },
    { from: 'pest', text: 'buy later' },
  ]);
  const told = at.standIn.message('@TGS#A', null, edited);
  if (told !== undefined) told.body = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'sorry \u{1b}[2J' } }];
  // Somebody else's, that a forged callback laid at the pest's door.
  const { msgSeq, msgTime } = at.standIn.send({ groupId: '@TGS#A', from: 'ann', text: 'buy milk', callback: false });
  const msgBody = [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'buy milk' } }];
  await client.messages.register([{ groupId: '@TGS#A', msgSeq, msgTime, sender: 'pest', msgBody }]);

  const args = ['--sender', 'pest', '--keyword', 'buy', '--reason', 'r', '--verify-senders', '--refresh'];
  const made = await cli('plan', ...args);
  expect(made.out).toContain('Warning: 1 messages were left out because history names another sender');
  const id = /recall findings (\S+)/u.exec(made.out)?.[1] ?? '';
  expect(await client.recalls.get(id)).toMatchObject({ counts: { planned: 1 }, check: { senders: true, texts: true } });
  const shown = await cli('show', id);
  expect(shown.out).toMatch(
    /^Compared +senders and texts with history, of 3 messages; 1 left out: another sender; 1 left out: edited, and no match any more$/mu,
  );
  expect(shown.out).toContain(`recall findings ${id}`);
  expect(shown.out).not.toMatch(/^Proof/mu);

  const found = await json('findings', id);
  expect([found.status, Object.keys(found.body).sort()]).toEqual([0, ['items', 'more']]);
  const items = found.body['items'] as Record<string, unknown>[];
  expect(items.map((item) => [item['msgSeq'], item['finding']])).toEqual([
    [msgSeq, 'sender_differs'],
    [edited, 'no_match'],
  ]);
  expect(Object.keys(items[0] ?? {}).sort()).toEqual([
    'finding',
    'foundAt',
    'groupId',
    'msgSeq',
    'sender',
    'text',
    'toldSender',
    'topicId',
  ]);
  const table = await cli('findings', id);
  expect(table.out).toMatch(/@TGS#A +\d+ +another sender, left out +pest +ann/u);
  expect(table.out).toContain('sorry \u{fffd}[2J');
  expect((await cli('findings', id, '--limit', '1')).err).toContain('there are more');
  expect(kept).toBeGreaterThan(0);
});

test('no findings; a tail cannot be compared: the flag is named', async () => {
  const { id } = await client.recalls.create({ selector: { senders: ['nobody'] }, reason: 'test' });
  expect((await cli('findings', id, '--lang', 'zh')).out).toBe('没有与历史消息不一致之处。\n');
  const both = await cli('plan', '--sender', 'x', '--reason', 'r', '--refresh', '--follow', '10m');
  expect([both.status, both.err]).toEqual([2, expect.stringMatching(/^--follow: must be 0 with verifySenders/u)]);
  const asked = await recallAsked(['create', '--sender', 'nobody', '--reason', 'r', '--refresh'], environment, []);
  expect([asked.status, asked.out]).toEqual([0, expect.stringContaining('Nothing to recall')]);
});
