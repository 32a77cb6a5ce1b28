import type { FieldFault } from '@chat-recall/shared/errors';

/** A group, or one topic of it; clean ids. */
export interface Place {
  readonly groupId: string;
  /** '': the group itself. */
  readonly topicId: string;
  /** '': not told. */
  readonly groupType: string;
}

/** A message for the index. Times are Unix milliseconds. */
export interface ParsedMessage {
  readonly kind: 'message';
  readonly conversation: Place;
  readonly msgSeq: number;
  readonly msgTime: number;
  readonly eventTime: number | undefined;
  readonly messageTypes: number;
  readonly sender: string;
  readonly text: string;
  readonly folded: string | null;
  readonly pieces: readonly number[];
}

/** Messages that were recalled. Times are Unix milliseconds. */
export interface ParsedRecall {
  readonly kind: 'recalled';
  readonly conversation: Place;
  readonly msgSeqs: readonly number[];
  readonly recalledAt: number;
  readonly eventTime: number | undefined;
  readonly operator: string | null;
}

/** A group, or some topics of it, that the platform says is gone. */
export interface ParsedGone {
  readonly kind: 'gone';
  readonly groupId: string;
  /** null: the group with all its topics. */
  readonly topicIds: readonly string[] | null;
  readonly eventTime: number | undefined;
}

/** What a callback comes to. */
export type Parsed =
  | ParsedMessage
  | ParsedRecall
  | ParsedGone
  /** Nothing to store but that it came, and what it said. */
  | { readonly kind: 'noted'; readonly details: object }
  | { readonly kind: 'online_only' }
  | { readonly kind: 'malformed'; readonly fault: FieldFault };
