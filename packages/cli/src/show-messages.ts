import type { Message } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { placeOf } from './places.ts';
import { printable } from './printable.ts';
import { moment } from './spans.ts';
import { table } from './tables.ts';

/** Columns that the text has left, at least. */
const leastText = 20;

/** Messages as a table; what is recalled already shows by which recall. */
export function showMessages({ words, terminal }: Desk, messages: readonly Message[]): string {
  const { head } = words;
  const others = Math.max(0, ...messages.map((message) => placeOf(message).length + message.sender.length + 34));
  const room = Math.max(leastText, terminal.columns - others);
  const rows = messages.map((message) => [
    moment(message.sentAt),
    placeOf(message),
    message.msgSeq,
    printable(message.sender),
    (message.text as string | null) === null ? words.hiddenText : printable(message.text, room),
    message.recalled === null ? '' : printable(message.recalled.by ?? moment(message.recalled.at)),
  ]);
  return table(terminal, [head.time, head.place, head.seq, head.sender, head.text, head.recalled], rows);
}
