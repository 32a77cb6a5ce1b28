const prefix = 'erased:';

/** What stands in the place of an erased person's id: longer than any id of the platform (32 bytes). */
export function replacementOf(erasureId: string): string {
  return `${prefix}${erasureId}`;
}

/** Whether a sender is an erased person. */
export function isErased(sender: string): boolean {
  return sender.startsWith(prefix);
}
