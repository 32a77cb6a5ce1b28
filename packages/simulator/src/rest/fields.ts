import type { Conversation } from '../world/group.ts';
import type { World } from '../world/world.ts';
import { fail, type Answer } from './answer.ts';
import type { Body } from './command.ts';

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number within both ends; `fallback` where the field is absent, undefined where it is wrong. */
export function wholeNumber(value: unknown, from: number, to: number, fallback?: number): number | undefined {
  if (value === undefined) return fallback;
  return Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to ? Number(value) : undefined;
}

// Printable ASCII; up to 48 bytes for a group, 96 for a topic.
const groupIdShape = /^[\x20-\x7e]{1,48}$/;
const topicIdShape = /^[\x20-\x7e]{1,96}$/;

/** A group id as the platform takes it; another one is refused with 10015. */
export function isGroupId(value: string): boolean {
  return groupIdShape.test(value);
}

/** The conversation that `GroupId` and `TopicId` name, or the refusal. */
export function namedConversation(world: World, body: Body): Conversation | Answer {
  const { GroupId: groupId, TopicId: topicId } = body;
  if (typeof groupId !== 'string') return fail(10004, 'GroupId must be a string');
  if (!isGroupId(groupId)) return fail(10015);
  if (topicId === undefined) return world.conversation(groupId) ?? fail(10010);
  if (typeof topicId !== 'string') return fail(10004, 'TopicId must be a string');
  if (!topicIdShape.test(topicId)) return fail(10015, 'the topic id is malformed');
  return world.conversation(groupId, topicId) ?? fail(10010, 'the group or the topic does not exist');
}

export function isRefusal(value: Conversation | Answer): value is Answer {
  return 'ErrorCode' in value;
}
