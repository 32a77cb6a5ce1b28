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
