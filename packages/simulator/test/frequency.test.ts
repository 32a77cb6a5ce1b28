import { afterAll, expect, test } from '@jest/globals';
import { createSlidingSecond } from '../src/rest/frequency.ts';
import { call, closeAll, codesOf, recall, start, stoppedClock } from './signed-calls.ts';
import { catchCallbacks } from './webhook-catcher.ts';

afterAll(closeAll);

const group = '@TGS#2FREQ';

test('a sliding second, not a calendar one', () => {
  const second = createSlidingSecond();
  const counts = [0, 999, 999.5, 1000, 1998.9, 1999, 5000].map((at) => second.count(at));
  expect(counts).toEqual([1, 2, 3, 3, 4, 4, 1]);
});

test('the count stays right over many seconds', () => {
  const second = createSlidingSecond();
  let last = 0;
  for (let at = 0; at < 20_000; at += 1) last = second.count(at);
  expect(last).toBe(1000);
});

test('more calls than the limit are refused with 60007, per command', async () => {
  const clock = stoppedClock();
  const standIn = await start({ clock, callsPerSecond: 3 });
  standIn.addGroup({ groupId: group, type: 'Public' });
  standIn.send({ groupId: group, from: 'mira', text: 'hi' });
  const codes: number[] = [];
  for (let index = 0; index < 4; index += 1) codes.push((await recall(standIn, group, 5)).json.ErrorCode);
  expect(codes).toEqual([0, 0, 0, 60007]);
  expect((await call(standIn, 'get_group_info', { GroupIdList: [group] })).json.ErrorCode).toBe(0);
  clock.advance(1000);
  expect(codesOf(await recall(standIn, group, 1))).toEqual([[1, 0]]);
  expect(standIn.ledger.maxCallsInAnySlidingSecond('group_msg_recall')).toBe(4);
});

test('refused calls count as well, so hammering on never gets through', async () => {
  const clock = stoppedClock();
  const standIn = await start({ clock, callsPerSecond: 2 });
  standIn.addGroup({ groupId: group, type: 'Public' });
  const codes: number[] = [];
  for (let index = 0; index < 8; index += 1) {
    codes.push((await recall(standIn, group, 1)).json.ErrorCode);
    clock.advance(400);
  }
  expect(codes).toEqual([0, 0, 60007, 60007, 60007, 60007, 60007, 60007]);
});

test('get_appid_group_list may be called once a second', async () => {
  const clock = stoppedClock();
  const standIn = await start({ clock });
  expect((await call(standIn, 'get_appid_group_list', {})).json.ErrorCode).toBe(0);
  clock.advance(999);
  expect((await call(standIn, 'get_appid_group_list', {})).json.ErrorCode).toBe(60007);
  clock.advance(1000);
  expect((await call(standIn, 'get_appid_group_list', {})).json.ErrorCode).toBe(0);
});

test('past 80 % of a limit the alarm goes off, once a minute', async () => {
  const clock = stoppedClock();
  const catcher = await catchCallbacks();
  const standIn = await start({ clock, callsPerSecond: 10, webhook: { url: catcher.url } });
  standIn.addGroup({ groupId: group, type: 'Public' });
  for (let index = 0; index < 12; index += 1) await recall(standIn, group, 1);
  await standIn.settled();
  const alarm = { ServiceName: 'group_open_http_svc', Command: 'group_msg_recall', Request: 9, Limit: 10 };
  expect(catcher.caught.map(({ body }) => body)).toEqual([{ CallbackCommand: 'Alert.RequestOverLimit', ...alarm }]);
});
