import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type BackfillDetails, type Client } from '@chat-recall/client';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { recall, recallAsked } from './cli.ts';

let at: AtWork;
let client: Client;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork();
  client = createClient({ baseUrl: at.url, token: adminToken });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
  at.standIn.addGroup({ groupId: '@TGS#H', type: 'Public' });
  at.standIn.addGroup({ groupId: '@TGS#L', type: 'AVChatRoom' });
  at.standIn.addHistory({ groupId: '@TGS#H', count: 45 });
});
afterAll(() => at.stop());

const keys = [
  'calls',
  'cause',
  'createdAt',
  'estimate',
  'estimatedSeconds',
  'failed',
  'finishedAt',
  'groups',
  'id',
  'kind',
  'listedAt',
  'messages',
  'missing',
  'notes',
  'parts',
  'requestedBy',
  'sdkAppId',
  'secondsLeft',
  'since',
  'state',
];

async function json(
  ...args: string[]
): Promise<{ status: number | null; body: BackfillDetails & Record<string, unknown> }> {
  const { status, out, err } = await recall([...args, '--json'], environment);
  expect(err).toBe('');
  return { status, body: JSON.parse(out) as BackfillDetails & Record<string, unknown> };
}

test('start shows what it costs and asks; no leaves it paused, resume and watch have it read', async () => {
  const args = ['backfill', 'start', '--kind', 'history', '--since', '7d'];
  const declined = await recallAsked(args, environment, ['n']);
  expect([declined.status, declined.questions]).toEqual([1, ['Have it read? [y/N] ']]);
  expect(declined.out).toContain(
    'To read: 45 sequences in 1 conversations; at most 3 calls, 1 s at the configured rate.',
  );
  const [made] = (await client.backfills.list()).items;
  const id = String(made?.id);
  expect(declined.out).toContain(`recall backfill resume ${id}`);

  const conflict = await json(...args, '--yes');
  expect([conflict.status, conflict.body['error']]).toEqual([1, expect.objectContaining({ code: 'conflict' })]);
  const { status, out } = await recall(['backfill', 'resume', id], environment);
  expect([status, out]).toEqual([0, `Backfill ${id} is running.\n`]);
  const watched = await recall(['backfill', 'watch', id], environment);
  expect([watched.status, watched.out]).toEqual([
    0,
    expect.stringMatching(/^completed: 45 messages added by 5 calls/u),
  ]);

  const shown = await recall(['backfill', 'show', id], environment);
  expect(shown.out).toMatch(/State +completed\n/u);
  expect(shown.out).toMatch(/Parts +1 of 2 done, 1 left out\n/u);
  expect(shown.out).toContain('1  a live group: the platform keeps no history of it');
  const inChinese = await recall(['backfill', 'show', id, '--lang', 'zh'], environment);
  expect(inChinese.out).toContain('直播群：平台不保存其历史消息');
  expect((await recall(['backfill', 'list'], environment)).out).toMatch(
    new RegExp(`${id}  history  completed  2/2    5      45`, 'u'),
  );
  const one = await json('backfill', 'show', id);
  expect([one.status, Object.keys(one.body).sort()]).toEqual([0, keys]);
});

test('--yes reads at once, --estimate only lists, and pause and cancel are what they say', async () => {
  const read = await json('backfill', 'start', '--kind', 'history', '--yes');
  expect([read.status, read.body.state, read.body.missing]).toEqual([0, 'completed', 0]);
  const estimated = await json('backfill', 'start', '--kind', 'files', '--since', '3h', '--estimate');
  expect([estimated.status, estimated.body.cause?.code, estimated.body.missing]).toEqual([0, 'estimate_ready', 4]);
  const { id } = estimated.body;
  expect((await json('backfill', 'pause', id)).body['error']).toMatchObject({ code: 'conflict' });
  expect((await json('backfill', 'cancel', id)).body.state).toBe('cancelled');
  const list = (await json('backfill', 'list', '--limit', '1')).body as unknown as {
    items: BackfillDetails[];
    more: boolean;
  };
  expect([list.items.map((item) => item.id), list.more]).toEqual([[id], true]);
});

test('what is wrong with the command line is told before anything is sent', async () => {
  for (const [args, words] of [
    [['start'], '--kind'],
    [['start', '--kind', 'everything', '--yes'], '--kind'],
    [['start', '--kind', 'history'], '--yes'],
    [['start', '--kind', 'history', '--yes', '--since', 'soon'], '--since'],
    [['show', 'x'], 'id'],
  ] as const) {
    const { status, err } = await recall(['backfill', ...args], environment);
    expect([status, err]).toEqual([2, expect.stringContaining(words)]);
  }
  const future = await recall(
    ['backfill', 'start', '--kind', 'history', '--yes', '--since', '2999-01-01T00:00:00Z'],
    environment,
  );
  expect([future.status, future.err]).toEqual([expect.any(Number), expect.stringContaining('--since')]);
});
