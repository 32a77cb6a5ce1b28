import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Recall } from '@chat-recall/shared/recalls';
import { startAtWork, type AtWork, type Page, type Refused } from './console-at-work.ts';

const [first, second] = [1_400_000_001, 1_400_000_002];
const of = (app: number | string) => ({ 'sdk-app-id': String(app) });
const message = {
  groupId: 'g',
  msgSeq: 1,
  msgTime: 1_760_000_000,
  sender: 'spammer',
  msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }],
};

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork({
    TENCENT_SDK_APP_ID: '',
    TENCENT_APPS: JSON.stringify([{ sdkAppId: first, callsPerSecond: 50 }, { sdkAppId: second }]),
  });
  await at.post('/api/v1/messages', { messages: [message] }, of(first));
  await at.post('/api/v1/messages', { messages: [message, { ...message, msgSeq: 2 }] }, of(second));
});
afterAll(() => at.stop());

async function found(headers: Record<string, string> = {}): Promise<number> {
  return (await at.get<Page<unknown>>('/api/v1/messages?sender=spammer', headers)).body.items.length;
}

test('a request is about the app of its header, or of its cookie, else about the first', async () => {
  expect(await found()).toBe(1);
  expect(await found(of(second))).toBe(2);
  expect(await found({ cookie: `chat_recall_app=${second}` })).toBe(2);
  expect(await found({ cookie: `chat_recall_app=${second}`, ...of(first) })).toBe(1);
  expect(await found({ cookie: 'chat_recall_app=77' })).toBe(1);
  const { body } = await at.get<{ settings: object }>('/api/v1/session', of(first));
  expect(body.settings).toMatchObject({ sdkAppId: first, sdkAppIds: [first, second], callsPerSecond: 50 });
  const other = await at.get<{ settings: object }>('/api/v1/session', of(second));
  expect(other.body.settings).toMatchObject({ sdkAppId: second, callsPerSecond: 180 });
});

test.each(['77', 'x', '', `0${first}`])('an app that is not served is refused: %j', async (app) => {
  const { status, body } = await at.get<Refused>('/api/v1/messages', of(app));
  expect([status, body.errors?.[0]?.path]).toEqual([422, 'Sdk-App-Id']);
});

test('a selector may name the app, whatever the request is about', async () => {
  const request = { selector: { senders: ['spammer'], sdkAppId: second }, reason: 'x', mode: 'plan' };
  const { status, body } = await at.post<Recall>('/api/v1/recalls', request);
  expect([status, body.sdkAppId]).toEqual([202, second]);
  expect((await at.get(`/api/v1/recalls/${body.id}`, of(second))).status).toBe(200);
  expect((await at.get(`/api/v1/recalls/${body.id}`, of(first))).status).toBe(404);
  const wrong = await at.post<Refused>('/api/v1/recalls', { ...request, selector: { senders: ['a'], sdkAppId: 7 } });
  expect([wrong.status, wrong.body.errors?.[0]?.path]).toEqual([422, 'selector.sdkAppId']);
});
