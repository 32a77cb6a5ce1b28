import type { MessageElement } from '../samples/elements.ts';

/** Old and new names of the platform's group types; both occur in payloads. */
export const groupTypes = ['Public', 'Private', 'Work', 'ChatRoom', 'Meeting', 'AVChatRoom', 'Community'] as const;
export type GroupType = (typeof groupTypes)[number];

export interface NewGroup {
  readonly groupId: string;
  readonly type: GroupType;
  /** Community only. Full `TopicId`s, or their own parts, which `topicIdOf` completes. */
  readonly topics?: readonly string[];
  /** Default true; false makes every sequence of this group answer 10033. */
  readonly recallSupported?: boolean;
}

export interface Group {
  readonly groupId: string;
  readonly type: GroupType;
  readonly recallSupported: boolean;
  /** Unix seconds. */
  readonly createTime: number;
  readonly conversations: Map<string | null, Conversation>;
}

/** What owns a sequence: a group, or one topic of a community. */
export interface Conversation {
  readonly group: Group;
  readonly topicId: string | null;
  /** Message with sequence n stands at index n − 1: sequences start at 1 and have no gaps here (tips take one too). */
  readonly messages: StoredMessage[];
}

export interface StoredMessage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  /** Unix seconds. */
  readonly msgTime: number;
  readonly from: string;
  readonly random: number;
  /** 1 High, 2 Normal, 3 Low, 4 Lowest. */
  readonly priority: number;
  /** As it is now: edits change it. */
  body: readonly MessageElement[];
  /** As it was before its first edit; absent when there was none. */
  bodyAsSent?: readonly MessageElement[];
  /** A group tip: it has a sequence, but no callback, and cannot be recalled. */
  readonly system: boolean;
  /** `at` in Unix milliseconds. Deleting by sender leaves the same mark. */
  recalled: { readonly at: number; readonly by: string } | null;
}

/** `TopicId` = GroupId + `@TOPIC#_` + own part (get_topic, intl 49469). A full id is returned as it is. */
export function topicIdOf(groupId: string, topic: string): string {
  const prefix = `${groupId}@TOPIC#_`;
  return topic.startsWith(prefix) ? topic : prefix + topic;
}

/** Identifies a message: the id that owns the sequence (`TopicId` where there is one), a colon, the sequence. */
export function messageKey(owner: string, msgSeq: number): string {
  return `${owner}:${msgSeq}`;
}

export function conversationId(conversation: Conversation): string {
  return conversation.topicId ?? conversation.group.groupId;
}

export function nextMsgSeq(conversation: Conversation): number {
  return conversation.messages.length + 1;
}

/** Unix seconds of the newest message; 0 when there is none. */
export function lastMsgTime(conversation: Conversation): number {
  return conversation.messages.at(-1)?.msgTime ?? 0;
}
