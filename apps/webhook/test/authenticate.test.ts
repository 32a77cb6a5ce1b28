import { describe, expect, test } from '@jest/globals';
import { authenticate } from '../src/authenticate.ts';
import { readCallbackQuery } from '../src/callback-query.ts';
import { signOf } from './receiver-at-work.ts';

const time = 1_669_872_112;
const now = time * 1000;
const credentials = new Map([
  ['1400000123', ['old-token', 'xxxxyyyy']],
  ['1400000125', ['token-of-another']],
]);
/** The hash that the platform's page prints for token xxxxyyyy and this time (cn 32431). */
const documented = '17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061';

function query(change: Record<string, string | undefined> = {}): ReturnType<typeof readCallbackQuery> {
  return { sdkAppId: '1400000123', command: 'c', sign: documented, requestTime: String(time), ...change };
}

describe('authenticate', () => {
  test('takes the documented signature, and that of any token', () => {
    expect(authenticate(query(), credentials, now)).toBe('authentic');
    expect(authenticate(query({ sign: signOf('old-token', String(time)) }), credentials, now)).toBe('authentic');
  });

  test.each([
    ['no Sign', { sign: undefined }, 'unsigned'],
    ['no RequestTime', { requestTime: undefined }, 'unsigned'],
    ['neither', { sign: undefined, requestTime: undefined }, 'unsigned'],
    ['an empty Sign', { sign: '' }, 'badSignature'],
    ['a cut Sign', { sign: documented.slice(0, 63) }, 'badSignature'],
    ['a longer Sign', { sign: `${documented}0` }, 'badSignature'],
    ['a changed Sign', { sign: documented.replace('1', '2') }, 'badSignature'],
    ['upper case', { sign: documented.toUpperCase() }, 'badSignature'],
    ['letters outside Latin-1', { sign: 'ｆ'.repeat(64) }, 'badSignature'],
    ['the hash that older pages misprint for another token', { sign: signOf('xxxyyy', String(time)) }, 'badSignature'],
    ['the Sign of another second', { requestTime: String(time + 1) }, 'badSignature'],
    ['a RequestTime that is no number', { requestTime: 'now', sign: signOf('xxxxyyyy', 'now') }, 'badSignature'],
    ['a negative one', { requestTime: '-5', sign: signOf('xxxxyyyy', '-5') }, 'badSignature'],
    ['one with a fraction', { requestTime: `${time}.0`, sign: signOf('xxxxyyyy', `${time}.0`) }, 'badSignature'],
    ['an endless one', { requestTime: '9'.repeat(400), sign: signOf('xxxxyyyy', '9'.repeat(400)) }, 'badSignature'],
    ['another app', { sdkAppId: '1400000124' }, 'foreignApp'],
    ['no app', { sdkAppId: undefined }, 'foreignApp'],
    ['the app in another spelling', { sdkAppId: '01400000123' }, 'foreignApp'],
  ])('%s', (_what, change, verdict) => {
    expect(authenticate(query(change), credentials, now)).toBe(verdict);
  });

  test.each([
    [-60_000, 'authentic'],
    [60_000, 'authentic'],
    [-60_001, 'stale'],
    [60_001, 'stale'],
    [86_400_000, 'stale'],
  ])('%d ms off', (offMs, verdict) => {
    expect(authenticate(query(), credentials, now + offMs)).toBe(verdict);
  });

  test('takes for each app its own tokens alone', () => {
    const sign = signOf('token-of-another', String(time));
    expect(authenticate(query({ sdkAppId: '1400000125', sign }), credentials, now)).toBe('authentic');
    expect(authenticate(query({ sign }), credentials, now)).toBe('badSignature');
    expect(authenticate(query({ sdkAppId: '1400000125' }), credentials, now)).toBe('badSignature');
  });

  test('asks for no signature when there is no token, but for the app', () => {
    const open = new Map([['1400000123', []]]);
    expect(authenticate(query({ sign: undefined, requestTime: undefined }), open, now)).toBe('authentic');
    expect(authenticate(query({ sign: 'x', requestTime: '1' }), open, now)).toBe('authentic');
    expect(authenticate(query({ sdkAppId: '1' }), open, now)).toBe('foreignApp');
  });
});

describe('readCallbackQuery', () => {
  test('reads what matters, whatever stands around it', () => {
    expect(
      readCallbackQuery(
        'SdkAppid=1400000123&CallbackCommand=Group.CallbackAfterSendMsg&contenttype=json&ClientIP=1.2.3.4&OptPlatform=iOS&Sign=ab&RequestTime=5&RequestID=x',
      ),
    ).toEqual({ sdkAppId: '1400000123', command: 'Group.CallbackAfterSendMsg', sign: 'ab', requestTime: '5' });
  });

  test.each([
    ['', undefined],
    ['CallbackCommand', undefined],
    ['&&=&x=1&CallbackCommand=a', 'a'],
    ['CallbackCommand=&Sign=1', ''],
    ['CallbackCommand=Group%2ECallbackAfterSendMsg', 'Group.CallbackAfterSendMsg'],
    ['CallbackCommand=%zz', '%zz'],
    ['CallbackCommand=a=b&CallbackCommand=c', 'a=b'],
    ['callbackcommand=a', undefined],
    ['x=CallbackCommand=a', undefined],
  ])('%j', (search, command) => {
    expect(readCallbackQuery(search).command).toBe(command);
  });
});
