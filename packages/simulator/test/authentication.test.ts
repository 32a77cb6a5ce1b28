import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Api } from 'tls-sig-api-v2/TLSSigAPIv2.js';
import { checkUserSig, type StandIn } from '../src/index.ts';
import { call, closeAll, sdkAppId, secretKey, start, stoppedClock, userSig } from './signed-calls.ts';

let standIn: StandIn;
beforeAll(async () => {
  standIn = await start();
});
afterAll(closeAll);

const sign = (identifier: string, app = sdkAppId, key = secretKey) => new Api(app, key).genSig(identifier, 3600);

const cases: [name: string, query: Record<string, string | undefined>, code: number][] = [
  ['as documented', {}, 0],
  ['no sdkappid', { sdkappid: undefined }, 60012],
  ['the name in the wrong case', { sdkappid: undefined, SdkAppid: String(sdkAppId) }, 60012],
  ['another sdkappid', { sdkappid: '1400000007' }, 60006],
  ['an sdkappid that is no number', { sdkappid: 'abc' }, 60006],
  ['no identifier', { identifier: undefined }, 60004],
  ['an identifier that is no admin', { identifier: 'mira', usersig: sign('mira') }, 60010],
  ['no usersig', { usersig: undefined }, 70002],
  ['an empty usersig', { usersig: '' }, 70002],
  ['a usersig cut short', { usersig: userSig.slice(0, 40) }, 70003],
  ['a usersig that is no sig at all', { usersig: 'hello' }, 70003],
  ['a usersig of another user', { usersig: sign('mira') }, 70013],
  ['a usersig of another app', { usersig: sign('administrator', 1400000007) }, 70014],
  ['a usersig of another key', { usersig: sign('administrator', sdkAppId, 'f'.repeat(64)) }, 70009],
  ['no random', { random: undefined }, 60002],
  ['a random over 32 bits', { random: '4294967296' }, 60002],
  ['no contenttype', { contenttype: undefined }, 60002],
];

test.each(cases)('%s', async (_name, query, code) => {
  const { status, json } = await call(standIn, 'get_group_info', { GroupIdList: ['@TGS#1'] }, { query });
  expect(status).toBe(200);
  expect(json).toMatchObject({ ActionStatus: code === 0 ? 'OK' : 'FAIL', ErrorCode: code });
});

test('an expired usersig', async () => {
  const clock = stoppedClock();
  const later = await start({ clock });
  expect((await call(later, 'get_appid_group_list', {})).json.ErrorCode).toBe(0);
  clock.advance(86_400_000 + 1000);
  expect((await call(later, 'get_appid_group_list', {})).json.ErrorCode).toBe(70001);
});

test('every admin may call', async () => {
  const { url } = await start({ admins: ['administrator', 'night-shift'] });
  const query = { identifier: 'night-shift', usersig: sign('night-shift') };
  expect((await call({ url }, 'get_appid_group_list', {}, { query })).json.ErrorCode).toBe(0);
});

test('a sig is judged by what is in it, whatever the zlib that made it', () => {
  const now = Date.now() / 1000;
  const expected = { sdkAppId, identifier: 'administrator', secretKey };
  expect(checkUserSig(userSig, expected, now)).toBe(0);
  expect(checkUserSig(userSig, expected, now + 90_000)).toBe(70001);
  const document = Buffer.from(JSON.stringify({ 'TLS.ver': '2.0' })).toString('base64');
  expect(checkUserSig(document, expected, now)).toBe(70003);
});

test('unknown command, wrong method, a body that is no JSON', async () => {
  expect((await call(standIn, 'group_msg_recal', {})).json.ErrorCode).toBe(60009);
  expect((await call(standIn, 'get_group_info', {}, { service: 'openim' })).json.ErrorCode).toBe(60009);
  expect((await call(standIn, 'get_group_info', {}, { method: 'GET' })).json.ErrorCode).toBe(60002);
  expect((await call(standIn, 'get_group_info', {}, { raw: '{"GroupIdList":' })).json.ErrorCode).toBe(60003);
  expect((await call(standIn, 'get_group_info', {}, { raw: '' })).json.ErrorCode).toBe(60003);
  expect((await call(standIn, 'get_group_info', [])).json.ErrorCode).toBe(10004);
});
