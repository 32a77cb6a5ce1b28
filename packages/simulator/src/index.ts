export { createStandIn, type StandIn, type StandInOptions } from './stand-in.ts';
export type { ClientRecall, NewMessage, Scene } from './scene.ts';
export {
  groupTypes,
  messageKey,
  topicIdOf,
  type GroupType,
  type NewGroup,
  type StoredMessage,
} from './world/group.ts';
export type { MessageToSend, Sent } from './world/send-message.ts';
export type { RecallResult } from './world/recall-messages.ts';
export type { CommandSummary, Ledger, LedgerCall, LedgerFilter, LedgerSummary, RetCode } from './ledger.ts';
export type { Effect, Fault } from './faults/fault.ts';
export type { ActiveFault, Faults } from './faults/faults.ts';
export { checkUserSig, type UserSigCode } from './rest/user-sig.ts';
export { callbacks, type CallbackBody, type PayloadEra, type SentMessage } from './webhook/callbacks.ts';
export { callbackSign, callbackUrl, type CallbackUrlParts } from './webhook/callback-url.ts';
export { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './webhook/sender.ts';
export type { Delivery } from './webhook/post.ts';
export type { SendSummary } from './webhook/tally.ts';
export { elements, type MessageElement, type RelayedMessage } from './samples/elements.ts';
export { sampleBody, sampleElement, sampleElementTypes, type SampleElementType } from './samples/sample-element.ts';
export { sampleText, type TextMix } from './samples/sample-text.ts';
export { chineseSpam, englishSpam } from './samples/words.ts';
export { seededRandom, type Random } from './random.ts';
export { createTraffic, type Traffic } from './traffic.ts';
