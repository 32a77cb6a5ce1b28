import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { elements, type StandIn, type StandInOptions } from '../src/index.ts';
import { call, closeAll, recall, start, stoppedClock } from './signed-calls.ts';

afterAll(closeAll);

const group = '@TGS#2HOURS';
const live = '@TGS#aLIVE';
const community = '@TGS#_@TGS#cTOWN';
// In Beijing 2025-10-09, 18:00: the hour from 16:00 was over an hour ago.
const now = Date.UTC(2025, 9, 9, 10);
const hour = '2025100916';
const inHour = Date.UTC(2025, 9, 9, 8) / 1000;
const hourMs = 3_600_000;

interface File {
  readonly URL: string;
  readonly ExpireTime: string;
  readonly FileSize: number;
  readonly FileMD5: string;
  readonly GzipSize: number;
  readonly GzipMD5: string;
}

let clock: ReturnType<typeof stoppedClock>;
let standIn: StandIn;
async function begin(history?: StandInOptions['history']): Promise<void> {
  clock = stoppedClock(now);
  standIn = await start({ clock, ...(history && { history }) });
  standIn.addGroup({ groupId: group, type: 'Public' });
}
beforeEach(() => begin());

const send = (text: string, more: object = {}) =>
  standIn.send({ groupId: group, from: 'mira', text, msgTime: inHour + 60, ...more });
const ask = (fields: object = {}) =>
  call(standIn, 'get_history', { ChatType: 'Group', MsgTime: hour, ...fields }, { service: 'open_msg_svc' });
const codeOf = async (fields: object) => (await ask(fields)).json.ErrorCode;
const files = async () => (await ask()).json.File as File[];

async function download(file: File): Promise<string> {
  const response = await fetch(file.URL);
  expect(response.status).toBe(200);
  const gzip = Buffer.from(await response.arrayBuffer());
  const content = gunzipSync(gzip);
  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  expect([gzip.length, md5(gzip), content.length, md5(content)]).toEqual([
    file.GzipSize,
    file.GzipMD5,
    file.FileSize,
    file.FileMD5,
  ]);
  return content.toString();
}
const items = async () => {
  const texts = await Promise.all((await files()).map(download));
  return texts.flatMap((text) => (JSON.parse(text) as { MsgList: Record<string, unknown>[] }).MsgList);
};

test('one JSON document, a message on each line, the first listed twice', async () => {
  send('one', { random: 5, cloudCustomData: 'x' });
  send('two', { msgTime: inHour + 59 });
  const [file] = await files();
  expect(file).toMatchObject({ ExpireTime: '2025-10-09 19:00:00' });
  expect(file?.URL).toMatch(new RegExp(String.raw`^${standIn.url}/history-files/[\w-]{36}\.gz$`, 'u'));
  const [first, last] = [
    { From_Account: 'mira', GroupId: group, MsgTimestamp: inHour + 59, MsgSeq: 2, MsgBody: [elements.text('two')] },
    { From_Account: 'mira', GroupId: group, MsgTimestamp: inHour + 60, MsgSeq: 1, MsgBody: [elements.text('one')] },
  ].map((item) => JSON.stringify(item));
  expect(await download(file!)).toBe(
    `{"SdkAppId":1400099001,"ChatType":"Group","MsgTime":"${hour}","MsgList":[\n${first},\n${last},\n${first}\n]}\n`,
  );
});

test('only the hour, its first second and not the next hour', async () => {
  for (const msgTime of [inHour - 1, inHour, inHour + 3599, inHour + 3600]) send(String(msgTime), { msgTime });
  expect(new Set((await items()).map((item) => item.MsgTimestamp))).toEqual(new Set([inHour, inHour + 3599]));
});

test('messages as they were when sent: recalled, edited, disbanded; topics as their community; no tips', async () => {
  const { topicIds } = standIn.addGroup({ groupId: community, type: 'Community', topics: ['news', 'talk'] });
  for (const text of ['kept', 'recalled', 'edited']) send(text);
  for (const topicId of topicIds) send('topic', { groupId: community, topicId });
  standIn.tip(group);
  await recall(standIn, group, 2);
  const edited = { GroupId: group, MsgSeq: 3, MsgBody: [elements.text('new')] };
  expect((await call(standIn, 'modify_group_msg', edited, { service: 'openim' })).json.ErrorCode).toBe(0);
  standIn.destroyTopics(community, [topicIds[0]!]);
  standIn.destroyGroup(group);
  const list = await items();
  expect(list.slice(0, 5).map((item) => [item.GroupId, item.MsgSeq, item.MsgBody])).toEqual(
    expect.arrayContaining([
      [group, 1, [elements.text('kept')]],
      [group, 2, [elements.text('recalled')]],
      [group, 3, [elements.text('edited')]],
      [community, 1, [elements.text('topic')]],
      [community, 1, [elements.text('topic')]],
    ]),
  );
  expect(list).toHaveLength(6);
  expect(list.every((item) => !('TopicId' in item))).toBe(true);
});

test('a large hour has several files; live groups are in them or not', async () => {
  for (const [liveGroups, count, listed] of [
    [true, 60, 66],
    [false, 50, 55],
  ] as const) {
    await begin({ messagesPerFile: 20, liveGroups });
    standIn.addGroup({ groupId: live, type: 'AVChatRoom' });
    standIn.addHistory({ groupId: group, count: 50, sentFrom: inHour, sentTo: inHour + 600 });
    standIn.addHistory({ groupId: live, count: 10, sentFrom: inHour, sentTo: inHour + 600 });
    const list = await items();
    expect(list).toHaveLength(listed);
    expect(await files()).toHaveLength(Math.ceil(listed / 20));
    expect(new Set(list.map((item) => `${String(item.GroupId)} ${String(item.MsgSeq)}`)).size).toBe(count);
  }
});

describe('when there is one', () => {
  test('an hour after the end of its hour, and for 7 days', async () => {
    send('hi');
    clock.advance(-hourMs - 1);
    // 16:59:59.999, and so on: Beijing time.
    expect(await codeOf({})).toBe(1004);
    clock.advance(hourMs);
    expect(await codeOf({})).toBe(1004);
    clock.advance(1);
    expect(await codeOf({})).toBe(0);
    clock.advance(7 * 24 * hourMs - 2 * hourMs);
    expect(await codeOf({})).toBe(0);
    clock.advance(1);
    expect(await codeOf({})).toBe(1005);
  });

  test('not for an hour without messages, nor of one-to-one messages', async () => {
    expect(await codeOf({})).toBe(1004);
    send('hi');
    expect(await codeOf({ ChatType: 'C2C' })).toBe(1004);
    expect(await codeOf({ MsgTime: '2025100915' })).toBe(1004);
  });

  test.each([
    [{ ChatType: 'Room' }],
    [{ ChatType: undefined }],
    [{ MsgTime: undefined }],
    [{ MsgTime: 2025100916 }],
    [{ MsgTime: '2025100924' }],
    [{ MsgTime: '2025023016' }],
    [{ MsgTime: '20251009' }],
  ])('what is malformed is 1002: %j', async (fields) => {
    expect(await codeOf(fields)).toBe(1002);
  });

  test('10 calls a second', async () => {
    const codes: number[] = [];
    for (let index = 0; index < 11; index += 1) codes.push(await codeOf({}));
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 1004), 60007]);
  });
});

describe('downloads', () => {
  const status = async (url: string) => (await fetch(url, { redirect: 'manual' })).status;

  test('until they expire; what was never there is refused as well', async () => {
    send('hi');
    const [file] = await files();
    clock.advance(hourMs - 1);
    expect(await status(file!.URL)).toBe(200);
    clock.advance(1);
    expect(await status(file!.URL)).toBe(403);
    expect(await status(`${standIn.url}/history-files/none.gz`)).toBe(403);
    expect(standIn.ledger.calls({ command: 'history-file' }).map((entry) => entry.httpStatus)).toEqual([200, 403, 403]);
  });

  test('faults', async () => {
    send('hi');
    standIn.faults.add({ effect: { kind: 'wrong-md5' } });
    const [wrong] = await files();
    expect(wrong).toMatchObject({ FileMD5: '0'.repeat(32), GzipMD5: '0'.repeat(32) });
    const [file] = await files();
    const url = file!.URL;
    standIn.faults.add({ command: 'history-file', effect: { kind: 'http', status: 503 } });
    expect(await status(url)).toBe(503);
    standIn.faults.add({ effect: { kind: 'expired-url' } });
    expect(await status(url)).toBe(403);
    standIn.faults.add({ effect: { kind: 'cut-file' } });
    const half = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(half).toHaveLength(Math.floor(file!.GzipSize / 2));
    expect(() => gunzipSync(half)).toThrow('unexpected end of file');
    standIn.faults.add({ command: 'history-file', effect: { kind: 'reset' } });
    await expect(fetch(url)).rejects.toThrow();
    expect(await status(url)).toBe(200);
    standIn.reset();
    expect(await status(url)).toBe(403);
  });
});
