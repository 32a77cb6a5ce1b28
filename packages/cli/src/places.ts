import { printable } from './printable.ts';

/** The conversation of a message: the topic holds the group's id where there is one. */
export function placeOf({
  groupId,
  topicId,
}: {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
}): string {
  return printable(topicId ?? groupId);
}
