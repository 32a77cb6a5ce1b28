import { randomUint32, type Random } from '../random.ts';
import { elements, type MessageElement } from '../samples/elements.ts';
import { callbacks, type CallbackBody } from '../webhook/callbacks.ts';
import { nextMsgSeq, type Conversation } from './group.ts';

export interface MessageToSend {
  readonly from: string;
  /** Default: `from`. */
  readonly operator?: string;
  /** Either `text` or `body`. */
  readonly text?: string;
  readonly body?: readonly MessageElement[];
  /** Unix seconds; default: the clock. */
  readonly msgTime?: number;
  readonly random?: number;
  /** 1 High, 2 Normal (default), 3 Low, 4 Lowest. */
  readonly priority?: number;
  readonly onlineOnly?: boolean;
  readonly cloudCustomData?: string;
}

export interface Sent {
  readonly msgSeq: number;
  /** Unix seconds. */
  readonly msgTime: number;
  /** The `Group.CallbackAfterSendMsg` body that belongs to it, sent or not. */
  readonly callback: CallbackBody;
}

/**
 * Puts a message into a conversation. An online-only one is not stored and takes no sequence: its callback carries the
 * one that the next stored message will have. The documents leave that open (intl 33526 gives sequences to stored
 * messages only); this is the reading that hurts most. In a live group the flag is always 0 (intl 34375).
 */
export function sendMessage(conversation: Conversation, message: MessageToSend, nowMs: number, random: Random): Sent {
  const { group, topicId, messages } = conversation;
  const onlineOnly = group.type !== 'AVChatRoom' && message.onlineOnly === true;
  const stored = {
    groupId: group.groupId,
    topicId,
    msgSeq: nextMsgSeq(conversation),
    msgTime: message.msgTime ?? Math.floor(nowMs / 1000),
    from: message.from,
    random: message.random ?? randomUint32(random),
    priority: message.priority ?? 2,
    body: message.body ?? [elements.text(message.text ?? '')],
    system: false,
    recalled: null,
  };
  if (!onlineOnly) messages.push(stored);
  return {
    msgSeq: stored.msgSeq,
    msgTime: stored.msgTime,
    callback: callbacks.afterSendMsg({
      ...stored,
      type: group.type,
      onlineOnly,
      eventTime: Math.floor(nowMs),
      operator: message.operator ?? message.from,
      ...(message.cloudCustomData !== undefined && { cloudCustomData: message.cloudCustomData }),
    }),
  };
}

/** Puts a group tip (somebody joined …) into a conversation: it takes a sequence and fires no callback. Gives the sequence. */
export function sendTip(conversation: Conversation, nowMs: number, random: Random): number {
  const msgSeq = nextMsgSeq(conversation);
  conversation.messages.push({
    groupId: conversation.group.groupId,
    topicId: conversation.topicId,
    msgSeq,
    msgTime: Math.floor(nowMs / 1000),
    from: 'administrator',
    random: randomUint32(random),
    priority: 1,
    body: [],
    system: true,
    recalled: null,
  });
  return msgSeq;
}
