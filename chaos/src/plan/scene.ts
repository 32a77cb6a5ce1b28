/** Who writes what where: enough conversations for recalls of many calls. */
export const scene = {
  groups: 40,
  senders: 40,
  words: 12,
  /** Written before the run. */
  messagesBefore: 5_000,
  /** How long before the run the first of them was written, s. */
  secondsBefore: 2 * 3_600,
  /** Written during the run. */
  messagesPerSecond: 60,
} as const;
