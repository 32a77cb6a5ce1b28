import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createClient, type Client } from '@chat-recall/client';
import { adminToken, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { recall, recallAsked } from './cli.ts';

let at: AtWork;
let client: Client;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork();
  client = createClient({ baseUrl: at.url, token: adminToken });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
});
afterAll(() => at.stop());

const messagesOf = async (sender: string): Promise<number> =>
  (await client.messages.search({ sender: [sender] })).items.length;

test('shows what there is, has the id typed, and ends when all is erased', async () => {
  await at.say([1, 2, 3].map(() => ({ from: 'canary-cli', text: 'hello' })));
  const args = ['erase', '--sender', 'canary-cli', '--reason', 'asked for it'];
  const declined = await recallAsked(args, environment, ['y']);
  expect([declined.status, declined.out]).toEqual([1, expect.stringContaining('canary-cli: 3 messages in the index')]);
  expect(declined.questions).toEqual([expect.stringContaining('Type canary-cli to go on')]);
  expect(await messagesOf('canary-cli')).toBe(3);

  const { status, out } = await recallAsked(args, environment, ['canary-cli']);
  expect([status, out]).toEqual([0, expect.stringContaining('Erased: 3 messages, 0 of others')]);
  expect(await messagesOf('canary-cli')).toBe(0);
  const [erasure] = (await client.erasures.list()).items;
  expect(erasure).toMatchObject({ state: 'completed', changed: { messages: 3 } });
  expect(await messagesOf(String(erasure?.replacement))).toBe(3);
  const found = await recall(['search', '--sender', String(erasure?.replacement)], environment);
  expect(found.out).toContain('(not kept)');
});

test('in a script --yes is needed; --no-wait comes back at once; a reason must not name the person', async () => {
  await at.say([{ from: 'canary-script', text: 'hello' }]);
  const args = ['erase', '--sender', 'canary-script', '--reason', 'r'];
  expect((await recall(args, environment)).status).toBe(2);
  const { status, out } = await recall([...args, '--yes', '--no-wait', '--json'], environment);
  const asked = JSON.parse(out) as { id: string };
  expect([status, asked]).toEqual([0, expect.objectContaining({ requestedBy: 'admin' })]);
  expect(await client.erasures.wait(asked.id)).toMatchObject({ state: 'completed' });
  const named = await recall(
    ['erase', '--sender', 'bob', '--reason', 'bob asked', '--yes', '--lang', 'zh'],
    environment,
  );
  expect([named.status, named.err]).toEqual([2, expect.stringContaining('--reason')]);
});
