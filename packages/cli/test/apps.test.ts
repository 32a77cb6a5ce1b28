import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adminToken, appId, startAtWork, type AtWork } from '@chat-recall/client/testing';
import { recall, type Ran } from './cli.ts';

const other = appId + 1;
let at: AtWork;
let environment: Record<string, string>;
beforeAll(async () => {
  at = await startAtWork({
    TENCENT_SDK_APP_ID: '',
    TENCENT_APPS: JSON.stringify([{ sdkAppId: appId }, { sdkAppId: other }]),
  });
  environment = { CHAT_RECALL_URL: at.url, CHAT_RECALL_TOKEN: adminToken };
});
afterAll(() => at.stop());

const cli = (args: string[], more: Record<string, string> = {}): Promise<Ran> =>
  recall(args, { ...environment, ...more });
const found = 'here\n';

test('--app and CHAT_RECALL_APP say which app is meant; without them it is the first', async () => {
  await at.say([{ from: 'one', text: 'here' }]);
  expect((await cli(['search', '--sender', 'one'])).out).toContain(found);
  expect((await cli(['--app', String(appId), 'search', '--sender', 'one'])).out).toContain(found);
  expect((await cli(['search', '--sender', 'one', '--app', String(other)])).out).toBe('No message matches.\n');
  expect((await cli(['search', '--sender', 'one'], { CHAT_RECALL_APP: String(other) })).out).toBe(
    'No message matches.\n',
  );
  const made = await cli(['plan', '--sender', 'one', '--reason', 'r', '--json', '--app', String(other)]);
  expect(JSON.parse(made.out)).toMatchObject({ recall: { sdkAppId: other } });
});

test('an app that is not served, or is none, is a usage error that names the flag', async () => {
  const away = await cli(['list', '--app', '1400009999']);
  expect([away.status, away.err]).toEqual([2, expect.stringMatching(/^--app: must be one of the apps served here/u)]);
  expect(await cli(['list', '--app', 'x'])).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^--app: x must be an SDKAppID/u),
  });
  expect(await cli(['list'], { CHAT_RECALL_APP: 'x' })).toMatchObject({
    status: 2,
    err: expect.stringMatching(/^CHAT_RECALL_APP: must be/u),
  });
  const doctor = await cli(['doctor', '--app', '1400009999']);
  expect([doctor.status, doctor.out]).toEqual([1, expect.stringContaining('served here')]);
});
