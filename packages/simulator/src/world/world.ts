import { topicIdOf, type Conversation, type Group, type NewGroup, type StoredMessage } from './group.ts';

/** The groups and messages of the imitated app. Holds no rule: those stand with the commands. */
export interface World {
  /** Adds a group, or further topics to one that is there. */
  addGroup(group: NewGroup): Group;
  /** From now on the group is unknown (10010); false when it already was. */
  removeGroup(groupId: string): boolean;
  /** From now on the topic is unknown (10010); false when it already was. */
  removeTopic(groupId: string, topicId: string): boolean;
  group(groupId: string): Group | undefined;
  groups(): Iterable<Group>;
  conversation(groupId: string, topicId?: string | null): Conversation | undefined;
  messages(): Iterable<StoredMessage>;
  /** Conversations, with those of removed groups and topics: what was sent in them stays in the hourly files. */
  everyConversation(): Iterable<Conversation>;
  clear(): void;
}

/** `clock` gives Unix milliseconds. */
export function createWorld(clock: () => number): World {
  const groups = new Map<string, Group>();
  let removed: Conversation[] = [];
  return {
    addGroup(added) {
      if (added.topics?.length && added.type !== 'Community') {
        throw new Error(`group ${added.groupId}: only a Community has topics`);
      }
      const group = groups.get(added.groupId) ?? emptyGroup(added, clock);
      groups.set(group.groupId, group);
      for (const topic of added.topics ?? []) openConversation(group, topicIdOf(group.groupId, topic));
      return group;
    },
    removeGroup(groupId) {
      removed.push(...(groups.get(groupId)?.conversations.values() ?? []));
      return groups.delete(groupId);
    },
    removeTopic(groupId, topicId) {
      const conversations = groups.get(groupId)?.conversations;
      const topic = conversations?.get(topicId);
      if (topic) removed.push(topic);
      return conversations?.delete(topicId) ?? false;
    },
    group: (groupId) => groups.get(groupId),
    groups: () => groups.values(),
    conversation: (groupId, topicId = null) => groups.get(groupId)?.conversations.get(topicId),
    *messages() {
      for (const group of groups.values()) {
        for (const conversation of group.conversations.values()) yield* conversation.messages;
      }
    },
    *everyConversation() {
      for (const group of groups.values()) yield* group.conversations.values();
      yield* removed;
    },
    clear() {
      groups.clear();
      removed = [];
    },
  };
}

function emptyGroup(added: NewGroup, clock: () => number): Group {
  const group: Group = {
    groupId: added.groupId,
    type: added.type,
    recallSupported: added.recallSupported ?? true,
    createTime: Math.floor(clock() / 1000),
    conversations: new Map(),
  };
  openConversation(group, null);
  return group;
}

function openConversation(group: Group, topicId: string | null): void {
  if (!group.conversations.has(topicId)) group.conversations.set(topicId, { group, topicId, messages: [] });
}
