/** What the admin API gives; `GET /api/v1/openapi.json` describes it. */
export type Role = 'viewer' | 'moderator' | 'approver' | 'admin';

export interface Principal {
  readonly name: string;
  readonly person: string;
  readonly role: Role;
  readonly maxMessages: number | null;
}

export interface Session {
  readonly principal: Principal;
  readonly csrfToken: string | null;
  readonly settings: {
    readonly sdkAppId: number;
    readonly callsPerSecond: number;
    /** Above this many messages the number must be typed. */
    readonly confirmAbove: number;
    /** Above this many messages another person must approve; null: never. */
    readonly approveAbove: number | null;
  };
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface Place {
  readonly groupId: string;
  readonly topicId: string | null;
}

export interface Message extends Place {
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  /** null: this role does not read texts. */
  readonly text: string | null;
  readonly messageTypes: readonly string[];
  readonly recalled: { readonly at: string; readonly by: string | null; readonly recallId: string | null } | null;
}

export const recallStates = [
  'planning',
  'planned',
  'awaiting_approval',
  'running',
  'paused',
  'completed',
  'completed_with_failures',
  'cancelled',
  'failed',
] as const;
export type RecallState = (typeof recallStates)[number];

export const outcomeStates = [
  'pending',
  'recalled',
  'not_found',
  'expired',
  'not_recallable',
  'failed',
  'unknown',
  'cancelled',
] as const;
export type OutcomeState = (typeof outcomeStates)[number];

export interface NamedMessage {
  readonly groupId: string;
  readonly topicId?: string | null;
  readonly msgSeq: number;
}

export interface Selector {
  readonly senders?: readonly string[];
  readonly keywords?: readonly string[];
  readonly sentFrom?: string;
  readonly sentTo?: string;
  readonly groupIds?: readonly string[];
  readonly topicIds?: readonly string[];
  readonly excludeSenders?: readonly string[];
  readonly messages?: readonly { groupId: string; topicId?: string | null; msgSeqs: readonly number[] }[];
  readonly sameTextAs?: NamedMessage;
  readonly limit?: number;
}

export interface RecallRequest {
  readonly selector: Selector;
  readonly reason: string;
  readonly mode: 'plan' | 'execute';
  readonly priority: Recall['priority'];
  readonly canary?: { readonly messages: number; readonly maxFailedShare: number };
}

export interface Counts {
  readonly matched: number;
  readonly planned: number;
  readonly pending: number;
  readonly recalled: number;
  readonly notFound: number;
  readonly expired: number;
  readonly notRecallable: number;
  readonly failed: number;
  readonly unknown: number;
  readonly cancelled: number;
}

export interface Recall {
  readonly id: string;
  readonly state: RecallState;
  readonly stateNote: string | null;
  readonly pauseCode: number | null;
  readonly selector: Selector;
  readonly reason: string;
  readonly requestedBy: string;
  readonly source: 'api' | 'queue';
  readonly mode: 'plan' | 'execute';
  readonly priority: 'urgent' | 'normal' | 'bulk';
  readonly counts: Counts;
  readonly batches: { readonly total: number; readonly done: number };
  readonly protectedLeftOut: number;
  readonly approval: {
    readonly above: number;
    readonly awaitingSince: string | null;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
  } | null;
  readonly canary: { readonly messages: number; readonly maxFailedShare: number; readonly state: string } | null;
  readonly executedBy: string | null;
  readonly createdAt: string;
  readonly plannedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
}

/** What the events of a recall tell beside it. */
export interface Pace {
  readonly ratePerSecond: number | null;
  readonly etaSeconds: number | null;
  readonly exposureSeconds: { readonly p50: number; readonly max: number } | null;
}

export interface Bucket {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
}

export interface Plan {
  readonly messages: number;
  readonly toCall: number;
  readonly alreadyRecalled: number;
  readonly matched: number;
  readonly protectedLeftOut: number;
  readonly conversations: number;
  readonly calls: number;
  readonly etaSeconds: number;
  readonly byGroup: readonly (Place & { readonly groupType: string; readonly messages: number })[];
  readonly bySender: readonly { readonly sender: string | null; readonly messages: number }[];
  readonly overTime: readonly Bucket[];
  readonly sample: readonly Message[];
  readonly warnings: readonly { readonly code: string; readonly en: string; readonly zh: string }[];
  readonly drift: { readonly frozen: number; readonly now: number } | null;
}

export interface Outcome extends Place {
  readonly msgSeq: number;
  readonly sender: string | null;
  readonly sentAt: string | null;
  readonly state: OutcomeState;
  readonly retCode: number | null;
  readonly meaning: string | null;
  readonly presumed: boolean;
  readonly attempts: number;
  readonly lastAttemptAt: string | null;
  readonly recalledBy: {
    readonly recallId: string | null;
    readonly operator: string | null;
    readonly at: string;
  } | null;
}

export interface RecallErrorCount {
  readonly retCode: number | null;
  readonly meaning: string;
  readonly advice: string;
  readonly state: OutcomeState;
  readonly count: number;
}

export interface Evidence extends Place {
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  readonly text: string;
  readonly messageTypes: readonly string[];
  readonly recalledAt: string;
}

export interface Sender {
  readonly sender: string;
  readonly messages: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly overTime: readonly Bucket[];
  readonly groups: readonly (Place & { readonly messages: number })[];
  readonly recalls: readonly {
    readonly id: string;
    readonly state: RecallState;
    readonly reason: string;
    readonly createdAt: string;
    readonly messages: number;
  }[];
  readonly protected: { readonly reason: string } | null;
}

export interface Health {
  readonly at: string;
  readonly ingest: {
    readonly perSecond: number;
    readonly delaySeconds: { readonly p50: number; readonly p95: number } | null;
    readonly lastCallbackAt: string | null;
  };
  readonly batches: {
    readonly waiting: number;
    readonly queued: number;
    readonly running: number;
    readonly oldestQueuedSeconds: number | null;
  };
  readonly calls: { readonly perSecond: number; readonly limit: number; readonly factor: number };
  readonly errors: readonly { readonly retCode: number; readonly meaning: string; readonly count: number }[];
  readonly history: readonly {
    readonly at: string;
    readonly callbacksPerSecond: number;
    readonly callsPerSecond: number;
    readonly failed: number;
  }[];
}

/** What the completion webhook was told of one recall. */
export interface Delivery {
  readonly id: string;
  readonly recallId: string;
  readonly state: RecallState;
  readonly endedAt: string;
  readonly attempts: number;
  readonly nextAt: string | null;
  readonly deliveredAt: string | null;
  readonly givenUpAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly role: Role;
  readonly maxMessages: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface AuditEntry {
  readonly id: number;
  readonly at: string;
  readonly actor: string;
  readonly person: string;
  readonly role: string;
  readonly via: string;
  readonly address: string;
  readonly action: string;
  readonly recallId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ProtectedSender {
  readonly sender: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface ProtectedMessage extends Place {
  readonly msgSeq: number;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}
