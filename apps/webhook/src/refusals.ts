import type { FieldFault } from '@chat-recall/shared/errors';

/** Why a callback is not taken: what goes back to whoever sent it, and how it is counted. */
export interface Refusal {
  readonly status: number;
  /** `ErrorCode` of the answer: the status and two digits; stable. */
  readonly code: number;
  readonly message: string;
  /** Label of the metric and reason in the log. */
  readonly reason: string;
  /** The field at fault, if it is one. */
  readonly field?: string;
}

/** Every refusal but those of single fields. No message repeats anything that was sent. */
export const refusals = {
  unsigned: refusal(40101, 'unauthenticated', 'Sign and RequestTime: both must be in the URL', 'Sign'),
  badSignature: refusal(40102, 'unauthenticated', 'Sign: is not right for this token and RequestTime', 'Sign'),
  stale: refusal(40103, 'stale', 'RequestTime: is more than 60 s from the time here', 'RequestTime'),
  foreignApp: refusal(40104, 'foreign_app', 'SdkAppid: is not the app of this receiver', 'SdkAppid'),
  commandMissing: refusal(40001, 'malformed', 'CallbackCommand: must be in the URL', 'CallbackCommand'),
  encoded: refusal(40002, 'malformed', 'Content-Encoding: only identity is taken', 'Content-Encoding'),
  tooDeep: refusal(40003, 'malformed', 'the body is nested too deeply'),
  notJson: refusal(40004, 'malformed', 'the body is not JSON'),
  notObject: refusal(40005, 'malformed', 'the body is not a JSON object'),
  commandsDiffer: refusal(40006, 'malformed', 'CallbackCommand: body and URL disagree', 'CallbackCommand'),
  notPost: refusal(40500, 'method', 'only POST is taken here'),
  tooLarge: refusal(41300, 'too_large', 'the body is larger than 256 KB'),
  notStored: refusal(50301, 'unavailable', 'cannot store now: the database does not take it'),
  full: refusal(50302, 'unavailable', 'cannot store now: too many callbacks are waiting'),
  failed: refusal(50303, 'unavailable', 'cannot store now'),
} as const satisfies Record<string, Refusal>;

/** A field of the body that is missing or malformed (400, 40007). */
export function malformedField(fault: FieldFault): Refusal {
  return refusal(40007, 'malformed', `${fault.path}: ${fault.message}`, fault.path);
}

function refusal(code: number, reason: string, message: string, field?: string): Refusal {
  const status = Math.floor(code / 100);
  return field === undefined ? { status, code, reason, message } : { status, code, reason, message, field };
}
