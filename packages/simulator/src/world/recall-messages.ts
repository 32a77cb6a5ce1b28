import { callbacks, type CallbackBody } from '../webhook/callbacks.ts';
import type { Conversation } from './group.ts';

export interface RecallRules {
  /** Days that an ordinary message can be recalled and pulled (intl 34381). */
  readonly roamingDays: number;
  /** What an already recalled sequence answers; the documents do not say, so all three readings can be had. */
  readonly repeatRecallCode: 0 | 10030 | 10032;
}

export interface RecallResult {
  readonly retCodes: { readonly msgSeq: number; readonly code: number }[];
  /** The sequences that this call, and no earlier one, took back. */
  readonly recalled: number[];
  /** `Group.CallbackAfterRecallMsg` over `recalled`; undefined when nothing was taken back. */
  readonly callback: CallbackBody | undefined;
}

const liveGroupRecallSeconds = 3600;

/** Unix seconds before which the conversation's messages have expired. Live groups: one hour (cn 12341, 2026-01). */
export function expiredBefore(conversation: Conversation, rules: RecallRules, nowMs: number): number {
  const live = conversation.group.type === 'AVChatRoom';
  return nowMs / 1000 - (live ? liveGroupRecallSeconds : rules.roamingDays * 86_400);
}

/**
 * Takes messages back by the documented rules (intl 34965), one after the other: a sequence named twice is already
 * recalled the second time. `forced` may dictate a sequence's code; such a sequence is left as it is.
 */
export function recallMessages(
  conversation: Conversation,
  msgSeqs: readonly number[],
  operator: string,
  rules: RecallRules,
  nowMs: number,
  forced: (msgSeq: number) => number | undefined = () => undefined,
): RecallResult {
  const recalled: number[] = [];
  const retCodes = msgSeqs.map((msgSeq) => {
    const dictated = forced(msgSeq);
    if (dictated !== undefined) return { msgSeq, code: dictated };
    const message = conversation.messages[msgSeq - 1];
    let code = 0;
    if (!conversation.group.recallSupported) code = 10033;
    else if (!message) code = 10030;
    else if (message.recalled) code = rules.repeatRecallCode;
    else if (message.system) code = 10032;
    else if (message.msgTime < expiredBefore(conversation, rules, nowMs)) code = 10031;
    else {
      message.recalled = { at: nowMs, by: operator };
      recalled.push(msgSeq);
    }
    return { msgSeq, code };
  });
  return { retCodes, recalled, callback: recalled.length ? recallCallback() : undefined };

  function recallCallback(): CallbackBody {
    const { group, topicId } = conversation;
    return callbacks.afterRecallMsg({
      groupId: group.groupId,
      type: group.type,
      topicId,
      operator,
      msgSeqs: recalled,
      eventTime: Math.floor(nowMs),
    });
  }
}
