import { topicIdOf } from '@chat-recall/simulator';

export interface NewConversation {
  readonly appId: number;
  readonly groupId: string;
  /** '': the group itself. */
  readonly topicId: string;
  readonly groupType: string;
}

/** Of ten groups, one is a community with topics. */
const types = [
  'Public',
  'Private',
  'ChatRoom',
  'Public',
  'Private',
  'Public',
  'Private',
  'ChatRoom',
  'Public',
] as const;
const topicsEach = 5;

/** As many conversations: groups of all kinds, and communities whose topics are conversations of their own. */
export function makeConversations(appId: number, n: number): NewConversation[] {
  const made: NewConversation[] = [];
  for (let group = 0; made.length < n; group += 1) {
    const number = String(group).padStart(5, '0');
    const groupType = types[group % (types.length + 1)];
    if (groupType !== undefined) {
      made.push({ appId, groupId: `@TGS#2BENCH${number}`, topicId: '', groupType });
      continue;
    }
    const groupId = `@TGS#_@TGS#cBENCH${number}`;
    for (let topic = 0; topic < topicsEach && made.length < n; topic += 1) {
      made.push({ appId, groupId, topicId: topicIdOf(groupId, `t${topic}`), groupType: 'Community' });
    }
  }
  return made;
}
