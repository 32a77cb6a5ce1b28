import { afterAll, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { callbackSign, createWebhookSender, type CallbackBody, type WebhookSenderOptions } from '../src/index.ts';
import { closeAll, closeLater, sdkAppId, stoppedClock } from './signed-calls.ts';
import { catchCallbacks } from './webhook-catcher.ts';

afterAll(closeAll);

function senderTo(url: string, options: Partial<WebhookSenderOptions> = {}) {
  const sender = createWebhookSender({ url, sdkAppId, ...options });
  closeLater(sender);
  return sender;
}

const numbered = (count: number): CallbackBody[] =>
  Array.from({ length: count }, (_, index) => ({ CallbackCommand: 'Group.CallbackAfterSendMsg', MsgSeq: index }));

test('the URL and its signature are as documented', async () => {
  const catcher = await catchCallbacks();
  const clock = stoppedClock(1_760_000_000_900);
  const sender = senderTo(catcher.url, { token: 'hush', clock, optPlatform: 'iOS' });
  const delivery = await sender.send({ CallbackCommand: 'Group.CallbackAfterSendMsg', Text: '你好\u0000' });
  expect(delivery).toMatchObject({ status: 200, ok: true, timedOut: false, dropped: false });
  const [caught] = catcher.caught;
  expect(caught?.path).toBe('/secret/callback');
  expect([...(caught?.query ?? [])]).toEqual([
    ['SdkAppid', String(sdkAppId)],
    ['CallbackCommand', 'Group.CallbackAfterSendMsg'],
    ['contenttype', 'json'],
    ['ClientIP', '127.0.0.1'],
    ['OptPlatform', 'iOS'],
    ['Sign', createHash('sha256').update('hush1760000000').digest('hex')],
    ['RequestTime', '1760000000'],
  ]);
  expect(caught?.body.Text).toBe('你好\u0000');

  clock.advance(100);
  await sender.send({ CallbackCommand: 'Group.CallbackAfterRecallMsg' });
  expect(Object.fromEntries(catcher.caught[1]?.query ?? [])).toMatchObject({
    CallbackCommand: 'Group.CallbackAfterRecallMsg',
    RequestTime: '1760000001',
    Sign: callbackSign('hush', 1_760_000_001),
  });
});

test('without a token it is unsigned', async () => {
  const catcher = await catchCallbacks();
  await senderTo(catcher.url).send(numbered(1)[0] as CallbackBody);
  expect(catcher.caught[0]?.query.has('Sign')).toBe(false);
  expect(() => senderTo(`${catcher.url}?x=1`)).toThrow('query');
});

test('sendMany keeps its connections, and its counts add up', async () => {
  const catcher = await catchCallbacks((_caught, count) =>
    count % 10 === 0 ? { status: 503, text: '{}' } : { status: 200, text: count % 10 === 1 ? 'no json' : '{}' },
  );
  const seen: number[] = [];
  const summary = await senderTo(catcher.url, { connections: 4 }).sendMany(numbered(200), {
    onResult: (delivery, body) => void (delivery.ok && seen.push(Number(body.MsgSeq))),
  });
  expect(summary).toMatchObject({ sent: 200, posted: 200, ok: 160, refused: 40, timedOut: 0, unreachable: 0 });
  expect(summary.p99Ms).toBeGreaterThanOrEqual(summary.p50Ms);
  expect(seen).toHaveLength(160);
  expect(catcher.connections()).toBeLessThanOrEqual(4);
});

test('drops, duplicates and order come from the seed, and from nothing else', async () => {
  const run = async (seed: number) => {
    const catcher = await catchCallbacks();
    const options = { connections: 1, seed, drop: 0.1, duplicate: 0.2, reorderWindow: 8 };
    const summary = await senderTo(catcher.url, options).sendMany(numbered(300));
    return { summary, order: catcher.caught.map(({ body }) => Number(body.MsgSeq)) };
  };
  const first = await run(7);
  const { sent, posted, ok, dropped, duplicated } = first.summary;
  expect([sent, posted, ok]).toEqual([300, 300 - dropped + duplicated, posted]);
  expect(dropped).toBeGreaterThan(10);
  expect(duplicated).toBeGreaterThan(30);
  expect(new Set(first.order).size).toBe(300 - dropped);
  expect(first.order).not.toEqual(first.order.toSorted((a, b) => a - b));
  expect((await run(7)).order).toEqual(first.order);
  expect((await run(8)).order).not.toEqual(first.order);
});

test('what never comes back is timed out, and retried only on demand', async () => {
  const catcher = await catchCallbacks((_caught, count) => (count < 3 ? 'nothing' : { status: 200, text: '{}' }));
  const [body] = numbered(1) as [CallbackBody];
  const once = await senderTo(catcher.url, { timeoutMs: 20 }).send(body);
  expect(once).toMatchObject({ status: 0, ok: false, timedOut: true });
  expect(catcher.caught).toHaveLength(1);
  const retrying = senderTo(catcher.url, { timeoutMs: 20, retryOnTimeout: true });
  expect(await retrying.send(body)).toMatchObject({ status: 200, ok: true, timedOut: false });
  expect(catcher.caught).toHaveLength(3);
});

test('nobody there', async () => {
  const summary = await senderTo('http://127.0.0.1:1/callback').sendMany(numbered(3));
  expect(summary).toMatchObject({ sent: 3, posted: 3, ok: 0, unreachable: 3 });
});

test('single sends may be dropped and doubled too', async () => {
  const catcher = await catchCallbacks();
  const [body] = numbered(1) as [CallbackBody];
  expect(await senderTo(catcher.url, { drop: 1 }).send(body)).toMatchObject({ dropped: true, status: 0 });
  expect(await senderTo(catcher.url, { duplicate: 1 }).send(body)).toMatchObject({ ok: true });
  expect(catcher.caught).toHaveLength(2);
});
