import type { RetCode } from '../ledger.ts';

/** The envelope of every answer (intl 34620); HTTP 200 even when it says FAIL. */
export interface Answer {
  readonly ActionStatus: 'OK' | 'FAIL';
  readonly ErrorInfo: string;
  readonly ErrorCode: number;
  readonly RecallRetList?: RetCode[];
  readonly [field: string]: unknown;
}

/** What the stand-in itself says with a code; the documents' meanings (intl 34348), in our words. */
const meanings: Record<number, string> = {
  1002: 'a parameter is wrong',
  1004: 'the file is not made yet, or there is no message in that hour',
  1005: 'the hour is more than 7 days ago',
  10007: 'not possible for this group type',
  10004: 'a parameter is wrong',
  10010: 'the group does not exist, or was disbanded',
  10015: 'the group id is malformed',
  10030: 'the message does not exist',
  10041: 'recall is switched off for this app',
  10044: 'this group type has no roaming messages',
  60002: 'the HTTP request cannot be parsed',
  60003: 'the body is not JSON',
  60004: 'the identifier is missing',
  60006: 'the SDKAppID is invalid',
  60007: 'the calls per second of this API are over their limit',
  60009: 'no such service or command',
  60010: 'the identifier is not an app admin',
  60012: 'the SDKAppID is missing',
  70001: 'the UserSig has expired',
  70002: 'the UserSig is empty',
  70003: 'the UserSig cannot be decoded',
  70009: 'the UserSig was made with another key',
  70013: 'the UserSig was made for another identifier',
  70014: 'the UserSig was made for another SDKAppID',
  80002: 'the message is longer than 12 KB',
};

export function succeed(fields: Record<string, unknown> = {}): Answer {
  return { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0, ...fields };
}

/** `info` says what is wrong where the code alone does not. */
export function fail(code: number, info: string = meanings[code] ?? `stand-in: code ${code}`): Answer {
  return { ActionStatus: 'FAIL', ErrorInfo: info, ErrorCode: code };
}
