/**
 * The element types of a `MsgBody` (Message Formats, intl 33527) as bits of `messages.message_types`.
 * The numbers are stored: never change one, add at the end.
 */
const bits = new Map<string, number>([
  ['TIMTextElem', 1 << 0],
  ['TIMLocationElem', 1 << 1],
  ['TIMFaceElem', 1 << 2],
  ['TIMCustomElem', 1 << 3],
  ['TIMSoundElem', 1 << 4],
  ['TIMImageElem', 1 << 5],
  ['TIMFileElem', 1 << 6],
  ['TIMVideoFileElem', 1 << 7],
  ['TIMRelayElem', 1 << 8],
]);
const otherBit = 1 << 30;

/** How much of a text is kept, in the same number, so that it goes wherever the types go; none: all of it. */
export const textFlags = {
  /** Keyed hashes of its pieces. */
  asPieces: 1 << 27,
  /** Nothing. */
  notKept: 1 << 28,
  /** Nothing any more, and no other copy of the message brings it back. */
  erased: 1 << 29,
} as const;
/** Any of them. */
export const anyTextFlag = textFlags.asPieces | textFlags.notKept | textFlags.erased;

/** Whether the text that stands in a row is the message's text. */
export function isTextKept(types: number): boolean {
  return (types & anyTextFlag) === 0;
}

const otherName = 'other';

/** Whether the platform documents this `MsgType`. */
export function isDocumentedType(msgType: string): boolean {
  return bits.has(msgType);
}

/** The bit of one `MsgType`; all that are not documented share one. */
export function typeBit(msgType: string): number {
  return bits.get(msgType) ?? otherBit;
}

/** The types in a set of bits, by their documented names; `other` stands for any that are not documented. */
export function typeNames(types: number): string[] {
  const names = [...bits].filter(([, bit]) => (types & bit) !== 0).map(([name]) => name);
  return (types & otherBit) === 0 ? names : [...names, otherName];
}
