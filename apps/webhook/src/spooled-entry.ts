import { z } from 'zod';
import { storable, type Entry } from './write-entries.ts';

/** Unix milliseconds; the largest a `Date` holds. */
const time = z.number().min(0).max(8.64e15);
const conversation = z.object({ groupId: z.string(), topicId: z.string(), groupType: z.string() });
const eventTime = time.optional();

const content = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('message'),
    conversation,
    msgSeq: z.int(),
    msgTime: time,
    eventTime,
    messageTypes: z.int(),
    sender: z.string(),
    text: z.string(),
    folded: z.string().nullable(),
    pieces: z.array(z.int()),
  }),
  z.object({
    kind: z.literal('recalled'),
    conversation,
    msgSeqs: z.array(z.int()),
    recalledAt: time,
    eventTime,
    operator: z.string().nullable(),
  }),
  z.object({
    kind: z.literal('gone'),
    groupId: z.string(),
    topicIds: z.array(z.string()).nullable(),
    eventTime,
  }),
]);

/** What another version wrote, or a disk garbled, must not get as far as the database's driver. */
const line = z.object({ content, appId: z.int(), command: z.string(), receivedAt: time, raw: z.string() });

/** An entry as a line of the spool. @param withBody whether the callback's body may be kept */
export function encodeEntry({ raw, ...entry }: Entry, withBody: boolean): object {
  return { ...entry, raw: withBody ? storable(raw).toString() : '' };
}

/** @throws for what is no entry of ours */
export function decodeEntry(value: unknown): Entry {
  const { raw, ...entry } = line.parse(value);
  // JSON leaves out what is undefined: only `eventTime` is.
  return { ...(entry as Omit<Entry, 'raw'>), raw: Buffer.from(raw) };
}
