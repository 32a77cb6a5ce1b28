export { createConversations, internConversations, type ConversationKey, type Conversations } from './conversations.ts';
export { contentOf, createContentReader, type Content, type ReadContent } from './content.ts';
export { maxTextLength, textOf } from './element-text.ts';
export { cleanText, fold } from './fold.ts';
export { insertMarks, insertVerified, type NewMark } from './insert-marks.ts';
export { insertMessages, messageSources, type MessageSource, type NewMessage } from './insert-messages.ts';
export { insertQuarantine, type RefusedCallback } from './insert-quarantine.ts';
export type { HashPieces } from './hash-pieces.ts';
export { createPieceMerger, mergedBeside, type PieceMerger } from './merge-pieces.ts';
export { isDocumentedType, isTextKept, textFlags, typeBit, typeNames } from './message-types.ts';
export { pieces } from './pieces.ts';
export {
  holdDays,
  maintainPartitions,
  type Maintained,
  type NeededDay,
  type NeededPartition,
  type Retention,
} from './partitions.ts';
export { deleteInChunks } from './delete-in-chunks.ts';
export { isErased, replacementOf } from './erased.ts';
export { isInOrder, readMessages, searchMessages, type FoundMessage, type SearchPosition } from './search.ts';
export {
  conversationsOf,
  likeContains,
  matches,
  sameTextOf,
  type SameText,
  type Selection,
  type Sequence,
} from './selection.ts';
export { createTextPolicy, fullText, type TextPolicy } from './text-policy.ts';
export { countTextless, daysAsPieces, dropTextlessDays, mostCounted } from './textless.ts';
