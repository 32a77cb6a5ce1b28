import type { MessageElement } from '../samples/elements.ts';

/** The JSON body of a callback. */
export interface CallbackBody {
  readonly CallbackCommand: string;
  readonly [field: string]: unknown;
}

export interface SentMessage {
  readonly groupId: string;
  readonly type: string;
  readonly topicId?: string | null;
  readonly from: string;
  /** Default: `from`. Differs when an admin sends on somebody's behalf. */
  readonly operator?: string;
  readonly msgSeq: number;
  /** Unix seconds. */
  readonly msgTime: number;
  readonly random: number;
  readonly body: readonly MessageElement[];
  readonly onlineOnly?: boolean;
  readonly cloudCustomData?: string;
  /** Unix milliseconds. */
  readonly eventTime: number;
}

/**
 * Which generation of payload to build. `newest` has `MsgId` and a numeric `EventTime`; `2024` has no `MsgId` and a
 * string `EventTime`; `2018` lacks `Operator_Account`, `Random`, `OnlineOnlyFlag` and `EventTime` as well.
 */
export type PayloadEra = 'newest' | '2024' | '2018';

/** Builders for the callbacks that the stand-in sends. */
export const callbacks = {
  afterSendMsg,
  afterRecallMsg,
  afterGroupDestroyed,
  afterTopicDestroyed,
  sendMsgException,
  requestOverLimit,
};

/** `Group.CallbackAfterSendMsg` (intl 34375, cn 2661). */
function afterSendMsg(message: SentMessage, era: PayloadEra = 'newest'): CallbackBody {
  const newest = era === 'newest';
  return {
    CallbackCommand: 'Group.CallbackAfterSendMsg',
    GroupId: message.groupId,
    Type: message.type,
    ...(message.topicId && { TopicId: message.topicId }),
    From_Account: message.from,
    ...(era !== '2018' && { Operator_Account: message.operator ?? message.from, Random: message.random }),
    MsgSeq: message.msgSeq,
    ...(newest && { MsgId: msgId(message) }),
    MsgTime: message.msgTime,
    ...(era !== '2018' && { OnlineOnlyFlag: message.onlineOnly ? 1 : 0 }),
    MsgBody: message.body,
    CloudCustomData: message.cloudCustomData ?? '',
    ...(era !== '2018' && { EventTime: newest ? message.eventTime : String(message.eventTime) }),
  };
}

/** `Group.CallbackAfterRecallMsg` (intl 46979, cn 73141): neither sender nor text nor reason. */
function afterRecallMsg(recall: {
  readonly groupId: string;
  readonly type: string;
  readonly topicId?: string | null;
  readonly operator: string;
  readonly msgSeqs: readonly number[];
  /** Unix milliseconds. */
  readonly eventTime: number;
}): CallbackBody {
  return {
    CallbackCommand: 'Group.CallbackAfterRecallMsg',
    Operator_Account: recall.operator,
    Type: recall.type,
    GroupId: recall.groupId,
    MsgSeqList: recall.msgSeqs.map((seq) => ({ MsgSeq: seq })),
    ...(recall.topicId && { TopicId: recall.topicId }),
    EventTime: recall.eventTime,
  };
}

/** `Group.CallbackAfterGroupDestroyed` (intl 34377). */
function afterGroupDestroyed(group: {
  readonly groupId: string;
  readonly type: string;
  readonly owner: string;
  /** Unix milliseconds. */
  readonly eventTime: number;
}): CallbackBody {
  return {
    CallbackCommand: 'Group.CallbackAfterGroupDestroyed',
    GroupId: group.groupId,
    Type: group.type,
    Owner_Account: group.owner,
    ...(group.type !== 'Community' && { MemberList: [{ Member_Account: group.owner }] }),
    EventTime: group.eventTime,
  };
}

/** `Group.CallbackAfterTopicDestroyed` (intl 49465): several topics at once. */
function afterTopicDestroyed(topics: { readonly groupId: string; readonly topicIds: readonly string[] }): CallbackBody {
  return {
    CallbackCommand: 'Group.CallbackAfterTopicDestroyed',
    GroupId: topics.groupId,
    Type: 'Community',
    TopicIdList: topics.topicIds,
  };
}

/** `Group.CallbackSendMsgException` (intl 49462): a message that was refused, with the code; it has no sequence. */
function sendMsgException(
  message: Omit<SentMessage, 'msgSeq' | 'msgTime'>,
  refusal: { readonly code: number; readonly info: string },
): CallbackBody {
  const { MsgSeq: _seq, MsgTime: _time, MsgId: _id, ...rest } = afterSendMsg({ ...message, msgSeq: 0, msgTime: 0 });
  return {
    ...rest,
    CallbackCommand: 'Group.CallbackSendMsgException',
    ErrorCode: refusal.code,
    ErrorInfo: refusal.info,
  };
}

/** `Alert.RequestOverLimit` (intl 60256): an API's rate has passed 80 % of its limit. */
function requestOverLimit(alert: {
  readonly service: string;
  readonly command: string;
  readonly requests: number;
  readonly limit: number;
}): CallbackBody {
  return {
    CallbackCommand: 'Alert.RequestOverLimit',
    ServiceName: alert.service,
    Command: alert.command,
    Request: alert.requests,
    Limit: alert.limit,
  };
}

/** Internal user id – client time – random, as in the newest payloads; the user id is made up from the name. */
function msgId(message: SentMessage): string {
  let user = 17;
  for (let index = 0; index < message.from.length; index += 1) {
    user = (Math.imul(user, 31) + message.from.charCodeAt(index)) >>> 0;
  }
  return `1441152${String(user).padStart(11, '0')}-${message.msgTime}-${message.random}`;
}
