import type {
  Backfill,
  CoveragePage,
  DeliveryPage,
  Erasure,
  EvidencePage,
  FindingPage,
  Message,
  Outcome,
  Plan,
  Recall,
  RecallErrors,
  Selector,
  Session,
} from '@chat-recall/client/types';

/** Parts of what the admin API gives, by names of their own; the whole has its types from the client. */
export type Role = Session['principal']['role'];
export type RecallState = Recall['state'];
export type OutcomeState = Outcome['state'];
export type Counts = Recall['counts'];
export type Place = Pick<Message, 'groupId' | 'topicId'>;
export type NamedMessage = NonNullable<Selector['sameTextAs']>;
export type Bucket = Plan['overTime'][number];
export type RecallErrorCount = RecallErrors['items'][number];
export type Evidence = EvidencePage['items'][number];
export type Delivery = DeliveryPage['items'][number];
export type Covered = CoveragePage['items'][number];
export type Finding = FindingPage['items'][number];
export type BackfillState = Backfill['state'];
export type ErasureState = Erasure['state'];

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** What the events of a recall tell beside it. */
export interface Pace {
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly exposureSeconds: { readonly p50: number; readonly max: number } | null;
}

/** In the order in which people see them; neither compiles while one is missing. */
export const recallStates = keysOf<RecallState>({
  planning: true,
  planned: true,
  awaiting_approval: true,
  running: true,
  paused: true,
  completed: true,
  completed_with_failures: true,
  cancelled: true,
  failed: true,
});

export const outcomeStates = keysOf<OutcomeState>({
  pending: true,
  recalled: true,
  not_found: true,
  expired: true,
  not_recallable: true,
  failed: true,
  unknown: true,
  cancelled: true,
});

function keysOf<Key extends string>(all: Readonly<Record<Key, true>>): readonly Key[] {
  return Object.keys(all) as Key[];
}
