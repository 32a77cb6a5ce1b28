import { pick, randomUint32, seededRandom, type Random } from '../random.ts';
import type { MessageElement } from '../samples/elements.ts';
import { sampleBody } from '../samples/sample-element.ts';
import { nextMsgSeq, type Conversation } from './group.ts';

const people = ['mira', 'tomas', 'wei', 'lina', 'omar'];
const sampleBodies = 300;

/** Stores messages, spread evenly from `sentFrom` to `sentTo` (Unix seconds). Gives the last sequence. */
export function addHistory(
  conversation: Conversation,
  history: {
    readonly count: number;
    readonly from?: readonly string[];
    readonly sentFrom?: number;
    readonly sentTo?: number;
    readonly body?: (index: number) => readonly MessageElement[];
  },
  nowMs: number,
  random: Random,
): number {
  const { count, from = people, sentTo = Math.floor(nowMs / 1000), sentFrom = sentTo - 3600 } = history;
  const { group, topicId, messages } = conversation;
  for (let index = 0; index < count; index += 1) {
    messages.push({
      groupId: group.groupId,
      topicId,
      msgSeq: nextMsgSeq(conversation),
      msgTime: sentFrom + Math.floor(((sentTo - sentFrom) * index) / count),
      from: from[index % from.length] ?? 'mira',
      random: randomUint32(random),
      priority: 2,
      body: history.body?.(index) ?? sharedBody(random),
      system: false,
      recalled: null,
    });
  }
  return messages.length;
}

let bodies: readonly (readonly MessageElement[])[] | undefined;

/** One of a few bodies, shared by many messages: half a million of their own would take a gigabyte. */
function sharedBody(random: Random): readonly MessageElement[] {
  if (!bodies) {
    const own = seededRandom(1);
    bodies = Array.from({ length: sampleBodies }, () => sampleBody(own));
  }
  return pick(random, bodies);
}
