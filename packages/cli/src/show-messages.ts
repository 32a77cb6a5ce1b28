import type { Message } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { placeOf } from './places.ts';
import { printable, widthOf } from './printable.ts';
import { moment } from './spans.ts';
import { table } from './tables.ts';

/** Columns that the text has left, at least. */
const leastText = 20;
/** Those of time, sequence and recall, and what stands between. */
const otherColumns = 44;

/** Messages as a table; what is recalled already shows by which recall. */
export function showMessages({ words, terminal }: Desk, messages: readonly Message[]): string {
  const { head } = words;
  const others = Math.max(
    0,
    ...messages.map((message) => widthOf(placeOf(message)) + widthOf(printable(message.sender)) + otherColumns),
  );
  const room = Math.max(leastText, terminal.columns - others);
  const rows = messages.map((message) => [
    moment(message.sentAt),
    placeOf(message),
    message.msgSeq,
    printable(message.sender),
    textOf(message),
    message.recalled === null ? '' : printable(message.recalled.by ?? moment(message.recalled.at)),
  ]);
  return table(terminal, [head.time, head.place, head.seq, head.sender, head.text, head.recalled], rows);

  /** Pictures and the like have no text: their kind is shown. */
  function textOf({ text, textKept, messageTypes }: Message): string {
    if (text === null) return words.hiddenText;
    if (!textKept) return terminal.paint('dim', words.textNotKept);
    return text.trim() === ''
      ? terminal.paint('dim', `[${printable(messageTypes.join(', '))}]`)
      : printable(text, room);
  }
}
