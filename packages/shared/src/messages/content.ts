import { textOf } from './element-text.ts';
import { fold } from './fold.ts';
import { textFlags, typeBit } from './message-types.ts';
import { pieces } from './pieces.ts';
import type { TextPolicy } from './text-policy.ts';

/** What of a message's elements goes into the index. */
export interface Content {
  /** Bits, see message-types.ts. */
  readonly messageTypes: number;
  readonly text: string;
  /** The search form; null: the same as the text. */
  readonly folded: string | null;
  /** Of the search form; keyed hashes of them where the text itself is not kept. */
  readonly pieces: readonly number[];
}

/** Reads a `MsgBody` for the index, whichever way it came: by callback, history, file or registration. */
export type ReadContent = (msgBody: readonly unknown[]) => Content;

/** The one place that decides what of a text is kept. */
export function createContentReader({ mode, hash }: TextPolicy): ReadContent {
  switch (mode) {
    case 'full':
      return contentOf;
    case 'pieces':
      return (msgBody) => {
        if (hash === null) throw new Error('keeping pieces needs a key');
        const { messageTypes, pieces: plain } = contentOf(msgBody);
        return { messageTypes: messageTypes | textFlags.asPieces, text: '', folded: null, pieces: hash(plain) };
      };
    case 'none':
      return (msgBody) => ({
        messageTypes: typesOf(msgBody) | textFlags.notKept,
        text: '',
        folded: null,
        pieces: [],
      });
  }
}

/** All of it. */
export function contentOf(msgBody: readonly unknown[]): Content {
  const text = textOf(msgBody);
  const folded = fold(text);
  return { messageTypes: typesOf(msgBody), text, folded: folded === text ? null : folded, pieces: pieces(folded) };
}

function typesOf(msgBody: readonly unknown[]): number {
  let messageTypes = 0;
  for (const element of msgBody) {
    const type = (element as { MsgType?: unknown } | null)?.MsgType;
    if (typeof type === 'string') messageTypes |= typeBit(type);
  }
  return messageTypes;
}
