export {
  createTencentClient,
  type CallResult,
  type Gate,
  type TencentClient,
  type TencentClientOptions,
} from './client.ts';
export { knownCodes, meaningOf, type CodeClass, type CodeMeaning, type FinalState } from './codes.ts';
export { createUserSigs, type UserSigs } from './user-sig.ts';
export { groupMsgRecall, sequencesPerCall, type RecallAnswer } from './group-msg-recall.ts';
export {
  groupMsgGetSimple,
  messagesPerCall,
  type HistoryItem,
  type HistoryItemKind,
  type HistoryPage,
} from './group-msg-get-simple.ts';
export { getGroupInfo, groupsPerCall, type GroupInfo } from './get-group-info.ts';
export { getTopic, type TopicInfo } from './get-topic.ts';
export { firstGroupList, getAppidGroupList, groupIdsPerCall, type GroupList } from './get-appid-group-list.ts';
export { getHistoryFiles, type HistoryFile, type HistoryFiles } from './get-history.ts';
export { readHistoryFile, type HistoryFileEnd, type ReadHistoryFileOptions } from './read-history-file.ts';
export type { HistoryMessage } from './history-line.ts';
