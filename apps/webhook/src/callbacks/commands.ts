import type { ReadContent } from '@chat-recall/shared/messages';
import type { BodyFields } from '../parse-body.ts';
import { parseAfterGroupDestroyed, parseAfterTopicDestroyed } from './after-destroyed.ts';
import { parseAfterRecallMsg } from './after-recall-msg.ts';
import { parseAfterSendMsg } from './after-send-msg.ts';
import type { Parsed } from './parsed.ts';
import { parseRequestOverLimit } from './request-over-limit.ts';

/**
 * @param receivedAt Unix milliseconds, for callbacks that tell no time
 * @param read what of a message goes into the index
 */
export type Parse = (body: BodyFields, receivedAt: number, read: ReadContent) => Parsed;

/** The commands that are acted on. To add one: a file beside this one, and a line here. */
const handled = new Map<string, Parse>([
  ['Group.CallbackAfterSendMsg', parseAfterSendMsg],
  ['Group.CallbackAfterRecallMsg', parseAfterRecallMsg],
  ['Group.CallbackAfterGroupDestroyed', parseAfterGroupDestroyed],
  ['Group.CallbackAfterTopicDestroyed', parseAfterTopicDestroyed],
  ['Alert.RequestOverLimit', parseRequestOverLimit],
]);

/** Commands that the platform documents and that are knowingly ignored (intl 34355). */
const ignored = new Set([
  'Group.CallbackBeforeCreateGroup',
  'Group.CallbackAfterCreateGroup',
  'Group.CallbackBeforeApplyJoinGroup',
  'Group.CallbackBeforeInviteJoinGroup',
  'Group.CallbackAfterNewMemberJoin',
  'Group.CallbackAfterMemberExit',
  'Group.CallbackBeforeSendMsg',
  'Group.CallbackAfterGroupFull',
  'Group.CallbackAfterGroupInfoChanged',
  'Group.CallbackOnMemberStateChange',
  'Group.CallbackSendMsgException',
  'Group.CallbackBeforeCreateTopic',
  'Group.CallbackAfterCreateTopic',
  'Group.CallbackAfterTopicInfoChanged',
  'Group.CallbackAfterMemberFieldChanged',
  'Group.CallbackAfterGroupAttrChanged',
  'Group.CallbackAfterReadReceipt',
  'C2C.CallbackBeforeSendMsg',
  'C2C.CallbackAfterSendMsg',
  'C2C.CallbackAfterMsgReport',
  'C2C.CallbackAfterMsgWithDraw',
  'Bot.OnC2CMessage',
  'Bot.OnGroupMessage',
  'ContentCallback.ResultNotify',
  'State.StateChange',
  'Profile.CallbackPortraitSet',
]);

/** How to read the body of a command; undefined: it is ignored. */
export function parserOf(command: string): Parse | undefined {
  return handled.get(command);
}

/** A command's name as a metric label: anybody can invent names, so unknown ones share one. */
export function commandLabel(command: string | undefined): string {
  return command !== undefined && (handled.has(command) || ignored.has(command)) ? command : 'other';
}
