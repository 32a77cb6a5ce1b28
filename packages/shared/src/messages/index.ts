export {
  createConversations,
  internConversations,
  type ConversationKey,
  type Conversations,
} from './conversations.ts';
export { maxTextLength, textOf } from './element-text.ts';
export { cleanText, fold } from './fold.ts';
export { insertMarks, type NewMark } from './insert-marks.ts';
export { insertMessages, type NewMessage } from './insert-messages.ts';
export { insertQuarantine, type RefusedCallback } from './insert-quarantine.ts';
export { isDocumentedType, typeBit, typeNames } from './message-types.ts';
export { pieces } from './pieces.ts';
export { maintainPartitions } from './partitions.ts';
export { searchMessages, type FoundMessage, type SearchPosition } from './search.ts';
export { conversationsOf, likeContains, matches, type Selection, type Sequence } from './selection.ts';
