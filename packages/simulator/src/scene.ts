import { randomUint32, type Random } from './random.ts';
import type { AppRules } from './rest/command.ts';
import { elements, type MessageElement } from './samples/elements.ts';
import { callbacks, type CallbackBody } from './webhook/callbacks.ts';
import { addHistory } from './world/add-history.ts';
import { messageKey, topicIdOf, type Conversation, type NewGroup, type StoredMessage } from './world/group.ts';
import { recallMessages, type RecallResult } from './world/recall-messages.ts';
import { sendMessage, sendTip, type MessageToSend, type Sent } from './world/send-message.ts';
import type { World } from './world/world.ts';

export interface NewMessage extends MessageToSend {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  /** false holds the callback back, for the caller to post; default true. */
  readonly callback?: boolean;
}

/** Many messages at once, for histories that no callback told of. */
export interface NewHistory {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  readonly count: number;
  /** Who write, in turns; default a few people. */
  readonly from?: readonly string[];
  /** Unix seconds of the first and, about, the last; default the last hour. Spread evenly. */
  readonly sentFrom?: number;
  readonly sentTo?: number;
  /** The body of the message with this index; default one text of a few hundred. */
  readonly body?: (index: number) => readonly MessageElement[];
}

export interface RefusedMessage extends Omit<MessageToSend, 'msgTime'> {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  /** Why it was refused, as 10016, 10017, 80001. */
  readonly code: number;
}

export interface ClientRecall {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  readonly msgSeqs: readonly number[];
  /** Who recalls: the sender, or an owner. */
  readonly by: string;
  /** false holds the callback back; default true. */
  readonly callback?: boolean;
}

/** What happens in the imitated app by itself: people write, and take back. Unknown groups and topics throw. */
export interface Scene {
  /** Adds a group, or further topics to one that is there. Gives the full ids of its topics. */
  addGroup(group: NewGroup): { readonly groupId: string; readonly topicIds: string[] };
  /** The group is disbanded: fires `Group.CallbackAfterGroupDestroyed`, and is unknown from now on. */
  destroyGroup(groupId: string): CallbackBody;
  /** Topics are deleted: fires `Group.CallbackAfterTopicDestroyed`, and they are unknown from now on. */
  destroyTopics(groupId: string, topicIds: readonly string[]): CallbackBody;
  send(message: NewMessage): Sent;
  /** Somebody's message is refused: fires `Group.CallbackSendMsgException`, and nothing is stored. */
  refuse(message: RefusedMessage): CallbackBody;
  /** Stores messages without a callback, half a million in a second. Gives the last sequence. */
  addHistory(history: NewHistory): number;
  /** A group tip: takes a sequence, which it gives, and fires no callback. */
  tip(groupId: string, topicId?: string | null): number;
  recallByClient(recall: ClientRecall): RecallResult;
  message(groupId: string, topicId: string | null | undefined, msgSeq: number): StoredMessage | undefined;
  messages(): Iterable<StoredMessage>;
  /** `messageKey`s of all that is recalled, whoever did it. */
  recalledMessages(): Set<string>;
}

export function createScene(parts: {
  readonly world: World;
  readonly rules: AppRules;
  readonly random: Random;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly notify: (callback: CallbackBody) => void;
}): Scene {
  const { world, rules, random, clock, notify } = parts;
  const known = (groupId: string, topicId?: string | null): Conversation => {
    const conversation = world.conversation(groupId, topicId);
    if (!conversation) throw new Error(`the stand-in has no conversation ${topicId ?? groupId}`);
    return conversation;
  };
  return {
    addGroup(group) {
      world.addGroup(group);
      return { groupId: group.groupId, topicIds: (group.topics ?? []).map((topic) => topicIdOf(group.groupId, topic)) };
    },
    destroyGroup(groupId) {
      const { type } = known(groupId).group;
      world.removeGroup(groupId);
      const callback = callbacks.afterGroupDestroyed({ groupId, type, owner: 'owner', eventTime: Math.floor(clock()) });
      notify(callback);
      return callback;
    },
    destroyTopics(groupId, topicIds) {
      for (const topicId of topicIds) known(groupId, topicId);
      for (const topicId of topicIds) world.removeTopic(groupId, topicId);
      const callback = callbacks.afterTopicDestroyed({ groupId, topicIds });
      notify(callback);
      return callback;
    },
    refuse(message) {
      const { group, topicId } = known(message.groupId, message.topicId);
      const refused = {
        ...message,
        topicId,
        type: group.type,
        random: message.random ?? randomUint32(random),
        body: message.body ?? [elements.text(message.text ?? '')],
        eventTime: Math.floor(clock()),
      };
      const callback = callbacks.sendMsgException(refused, { code: message.code, info: 'refused' });
      notify(callback);
      return callback;
    },
    addHistory: (history) => addHistory(known(history.groupId, history.topicId), history, clock(), random),
    send(message) {
      const sent = sendMessage(known(message.groupId, message.topicId), message, clock(), random);
      if (message.callback !== false) notify(sent.callback);
      return sent;
    },
    tip: (groupId, topicId) => sendTip(known(groupId, topicId), clock(), random),
    recallByClient({ groupId, topicId, msgSeqs, by, callback }) {
      const result = recallMessages(known(groupId, topicId), msgSeqs, by, rules, clock());
      if (result.callback && callback !== false) notify(result.callback);
      return result;
    },
    message: (groupId, topicId, msgSeq) => world.conversation(groupId, topicId)?.messages[msgSeq - 1],
    messages: () => world.messages(),
    recalledMessages() {
      const keys = new Set<string>();
      for (const { recalled, topicId, groupId, msgSeq } of world.messages()) {
        if (recalled) keys.add(messageKey(topicId ?? groupId, msgSeq));
      }
      return keys;
    },
  };
}
