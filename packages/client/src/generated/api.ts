// Made by `npm run generate -w packages/client` from the OpenAPI document of the console. Do not edit.

/** The process runs. */
export type Alive = {
  readonly alive: true;
};

/** Something that was done. */
export type AuditEntry = {
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
  readonly hash: string;
};

/** What was done, the newest first. */
export type AuditPage = {
  readonly items: readonly AuditEntry[];
  readonly nextCursor: string | null;
};

/** Whether the chain of hashes holds. */
export type AuditVerification = {
  readonly rows: number;
  readonly firstBroken: number | null;
};

/** Reading an app's history into the index: how far it is, and what it costs. */
export type Backfill = {
  readonly id: string;
  readonly sdkAppId: number;
  readonly kind: 'history' | 'files';
  readonly state: 'listing' | 'running' | 'paused' | 'completed' | 'cancelled' | 'failed';
  readonly cause: {
    readonly code:
      | 'paused_by_person'
      | 'estimate_ready'
      | 'stopped_by_platform'
      | 'listing_failed'
      | 'history_off'
      | 'parts_failed'
      | 'live'
      | 'gone'
      | 'no_message'
      | 'nothing_since'
      | 'nothing_missing'
      | 'reached_since'
      | 'reached_expired'
      | 'newest_untold'
      | 'refused'
      | 'failed'
      | 'no_messages'
      | 'not_made_yet'
      | 'too_old'
      | 'url_expired'
      | 'unreachable'
      | 'cut_short'
      | 'wrong_checksum'
      | 'line_too_long'
      | 'left_out';
    readonly en: string;
    readonly zh: string;
  } | null;
  readonly estimate: boolean;
  readonly since: string;
  readonly requestedBy: string;
  readonly groups: number | null;
  readonly parts: {
    readonly total: number;
    readonly waiting: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    readonly excluded: number;
  };
  readonly missing: number;
  readonly calls: {
    readonly made: number;
    readonly estimated: number;
    readonly left: number;
    readonly perSecond: number;
    readonly limit: number | null;
  };
  readonly messages: number;
  readonly estimatedSeconds: number | null;
  readonly secondsLeft: number | null;
  readonly createdAt: string;
  readonly listedAt: string | null;
  readonly finishedAt: string | null;
};

/** A backfill with what is to be said of its parts. */
export type BackfillDetails = {
  readonly id: string;
  readonly sdkAppId: number;
  readonly kind: 'history' | 'files';
  readonly state: 'listing' | 'running' | 'paused' | 'completed' | 'cancelled' | 'failed';
  readonly cause: {
    readonly code:
      | 'paused_by_person'
      | 'estimate_ready'
      | 'stopped_by_platform'
      | 'listing_failed'
      | 'history_off'
      | 'parts_failed'
      | 'live'
      | 'gone'
      | 'no_message'
      | 'nothing_since'
      | 'nothing_missing'
      | 'reached_since'
      | 'reached_expired'
      | 'newest_untold'
      | 'refused'
      | 'failed'
      | 'no_messages'
      | 'not_made_yet'
      | 'too_old'
      | 'url_expired'
      | 'unreachable'
      | 'cut_short'
      | 'wrong_checksum'
      | 'line_too_long'
      | 'left_out';
    readonly en: string;
    readonly zh: string;
  } | null;
  readonly estimate: boolean;
  readonly since: string;
  readonly requestedBy: string;
  readonly groups: number | null;
  readonly parts: {
    readonly total: number;
    readonly waiting: number;
    readonly running: number;
    readonly done: number;
    readonly failed: number;
    readonly excluded: number;
  };
  readonly missing: number;
  readonly calls: {
    readonly made: number;
    readonly estimated: number;
    readonly left: number;
    readonly perSecond: number;
    readonly limit: number | null;
  };
  readonly messages: number;
  readonly estimatedSeconds: number | null;
  readonly secondsLeft: number | null;
  readonly createdAt: string;
  readonly listedAt: string | null;
  readonly finishedAt: string | null;
  readonly notes: readonly {
    readonly code:
      | 'paused_by_person'
      | 'estimate_ready'
      | 'stopped_by_platform'
      | 'listing_failed'
      | 'history_off'
      | 'parts_failed'
      | 'live'
      | 'gone'
      | 'no_message'
      | 'nothing_since'
      | 'nothing_missing'
      | 'reached_since'
      | 'reached_expired'
      | 'newest_untold'
      | 'refused'
      | 'failed'
      | 'no_messages'
      | 'not_made_yet'
      | 'too_old'
      | 'url_expired'
      | 'unreachable'
      | 'cut_short'
      | 'wrong_checksum'
      | 'line_too_long'
      | 'left_out';
    readonly en: string;
    readonly zh: string;
    readonly count: number;
  }[];
  readonly failed: readonly {
    readonly groupId: string | null;
    readonly topicId: string | null;
    readonly hour: string | null;
    readonly cause: {
      readonly code:
        | 'paused_by_person'
        | 'estimate_ready'
        | 'stopped_by_platform'
        | 'listing_failed'
        | 'history_off'
        | 'parts_failed'
        | 'live'
        | 'gone'
        | 'no_message'
        | 'nothing_since'
        | 'nothing_missing'
        | 'reached_since'
        | 'reached_expired'
        | 'newest_untold'
        | 'refused'
        | 'failed'
        | 'no_messages'
        | 'not_made_yet'
        | 'too_old'
        | 'url_expired'
        | 'unreachable'
        | 'cut_short'
        | 'wrong_checksum'
        | 'line_too_long'
        | 'left_out';
      readonly en: string;
      readonly zh: string;
    } | null;
  }[];
};

/** Backfills, newest first. */
export type BackfillPage = {
  readonly items: readonly Backfill[];
  readonly nextCursor: string | null;
};

/** A backfill to be made. */
export type BackfillRequest = {
  readonly kind: 'history' | 'files';
  readonly since?: string | undefined;
  readonly estimate?: boolean | undefined;
};

/** An object, or no body at all. */
export type Confirmation = {
  readonly confirmDrift?: boolean | undefined;
};

/** Conversations, those that miss most first. */
export type CoveragePage = {
  readonly summary: CoverageSummary;
  readonly items: readonly {
    readonly groupId: string;
    readonly topicId: string | null;
    readonly groupType: string;
    readonly firstSeq: number | null;
    readonly newestSeq: number | null;
    readonly missing: number;
    readonly unreachable: number;
    readonly system: number;
    readonly recalled: number;
    readonly placeholders: number;
    readonly share: number;
    readonly history: 'open' | 'none' | 'gone' | 'refused';
    readonly gone: boolean;
    readonly failures: number;
    readonly activeAt: string;
  }[];
  readonly nextCursor: string | null;
};

/** How much of the sequences of some conversations the index accounts for. */
export type CoverageSummary = {
  readonly conversations: number;
  readonly sequences: number;
  readonly missing: number;
  readonly unreachable: number;
  readonly incomplete: number;
  readonly refused: number;
  readonly live: number;
  readonly share: number;
};

/** What the completion webhook was told, the latest end first. */
export type DeliveryPage = {
  readonly items: readonly {
    readonly id: string;
    readonly recallId: string;
    readonly state:
      | 'planning'
      | 'planned'
      | 'awaiting_approval'
      | 'running'
      | 'paused'
      | 'completed'
      | 'completed_with_failures'
      | 'cancelled'
      | 'failed';
    readonly endedAt: string;
    readonly attempts: number;
    readonly nextAt: string | null;
    readonly deliveredAt: string | null;
    readonly givenUpAt: string | null;
    readonly lastStatus: number | null;
    readonly lastError: string | null;
  }[];
  readonly nextCursor: string | null;
};

/** Whose sessions end. */
export type EndSessions = {
  readonly person: string;
};

/** How many there were. */
export type EndedSessions = {
  readonly ended: number;
};

/** The erasure of a person. It does not tell of whom. */
export type Erasure = {
  readonly id: string;
  readonly state: 'waiting' | 'running' | 'completed';
  readonly replacement: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly found: {
    readonly messages: number;
    readonly outcomes: number;
    readonly evidence: number;
    readonly recalls: number;
    readonly openRecalls: number;
    readonly protected: boolean;
  };
  readonly changed: Readonly<Record<string, number>>;
  readonly progress: {
    readonly done: number;
    readonly of: number;
  };
  readonly waitsFor: {
    readonly planning: number;
    readonly jobs: number;
  } | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

/** Erasures, newest first. */
export type ErasurePage = {
  readonly items: readonly Erasure[];
  readonly nextCursor: string | null;
};

/** What names a person. Nothing was changed. */
export type ErasurePreview = {
  readonly found: {
    readonly messages: number;
    readonly outcomes: number;
    readonly evidence: number;
    readonly recalls: number;
    readonly openRecalls: number;
    readonly protected: boolean;
  };
};

/** A person whose texts and id are to be erased. It cannot be undone. */
export type ErasureRequest = {
  readonly sender: string;
  readonly reason: string;
  readonly confirm?: boolean | undefined;
};

/** What a recall took back, as it was; by conversation, the newest sequence first. */
export type EvidencePage = {
  readonly items: readonly {
    readonly groupId: string;
    readonly topicId: string | null;
    readonly msgSeq: number;
    readonly sender: string;
    readonly sentAt: string;
    readonly text: string;
    readonly textKept: boolean;
    readonly messageTypes: readonly string[];
    readonly recalledAt: string;
  }[];
  readonly nextCursor: string | null;
};

/** By conversation, the newest sequence first. */
export type FindingPage = {
  readonly items: readonly {
    readonly groupId: string;
    readonly topicId: string | null;
    readonly msgSeq: number;
    readonly finding: 'sender_differs' | 'no_match' | 'edited';
    readonly sender: string | null;
    readonly toldSender: string | null;
    readonly text: string | null;
    readonly foundAt: string;
  }[];
  readonly nextCursor: string | null;
};

/** How the system does, over all processes. */
export type Health = {
  readonly at: string;
  readonly ingest: {
    readonly perSecond: number;
    readonly delaySeconds: {
      readonly p50: number;
      readonly p95: number;
    } | null;
    readonly lastCallbackAt: string | null;
  };
  readonly batches: {
    readonly waiting: number;
    readonly queued: number;
    readonly running: number;
    readonly oldestQueuedSeconds: number;
  };
  readonly calls: {
    readonly perSecond: number;
    readonly limit: number;
    readonly factor: number;
  };
  readonly coverage: {
    readonly incomplete: number;
    readonly missing: number;
    readonly refused: number;
  };
  readonly silence: {
    readonly lastCallbackAt: string | null;
    readonly activeAt: string;
  } | null;
  readonly commands: readonly {
    readonly command: string;
    readonly count: number;
    readonly lastAt: string;
    readonly details: unknown;
  }[];
  readonly errors: readonly {
    readonly retCode: number;
    readonly meaning: string;
    readonly count: number;
  }[];
  readonly history: readonly {
    readonly at: string;
    readonly callbacksPerSecond: number;
    readonly callsPerSecond: number;
    readonly failed: number;
  }[];
};

/** A token, once: the session takes its place. */
export type LogIn = {
  readonly token: string;
};

/** How people may log in, beside with a token. */
export type LogInWays = {
  readonly provider: {
    readonly name: string;
    readonly path: string;
  } | null;
};

/** An indexed group message. */
export type Message = {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  readonly text: string | null;
  readonly textKept: boolean;
  readonly messageTypes: readonly string[];
  readonly recalled: {
    readonly at: string;
    readonly by: string | null;
    readonly recallId: string | null;
  } | null;
};

/** A message by where it stands. */
export type MessageKey = {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  readonly msgSeq: number;
};

/** Messages, newest first. */
export type MessagePage = {
  readonly items: readonly Message[];
  readonly nextCursor: string | null;
  readonly warnings: readonly {
    readonly code: 'text_not_kept';
    readonly count: number;
    readonly en: string;
    readonly zh: string;
  }[];
};

/** A token that was just made, with its secret. */
export type NewToken = {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly role: 'viewer' | 'moderator' | 'approver' | 'admin';
  readonly maxMessages: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  readonly secret: string;
};

/** An empty object, or no body at all. */
export type Nothing = Readonly<Record<string, never>>;

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: string;
};

/** A log-in in a browser that holds. */
export type OpenSession = {
  readonly person: string;
  readonly name: string;
  readonly role: 'viewer' | 'moderator' | 'approver' | 'admin';
  readonly by: 'token' | 'provider';
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly current: boolean;
};

/** All sessions, by person, the one used last first. */
export type OpenSessions = {
  readonly items: readonly OpenSession[];
};

/** What became of one sequence of a recall. */
export type Outcome = {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string | null;
  readonly sentAt: string | null;
  readonly state:
    | 'pending'
    | 'recalled'
    | 'not_found'
    | 'expired'
    | 'not_recallable'
    | 'failed'
    | 'unknown'
    | 'cancelled';
  readonly retCode: number | null;
  readonly meaning: string | null;
  readonly presumed: boolean;
  readonly late: boolean;
  readonly attempts: number;
  readonly lastAttemptAt: string | null;
  readonly confirmedAt: string | null;
  readonly verifiedAt: string | null;
  readonly disprovedAt: string | null;
  readonly recalledBy: {
    readonly recallId: string | null;
    readonly operator: string | null;
    readonly at: string;
  } | null;
};

/** Outcomes by conversation, the newest sequence first. */
export type OutcomePage = {
  readonly items: readonly Outcome[];
  readonly nextCursor: string | null;
};

/** What a frozen plan holds: exactly what would be called. */
export type Plan = {
  readonly messages: number;
  readonly toCall: number;
  readonly alreadyRecalled: number;
  readonly matched: number;
  readonly protectedLeftOut: number;
  readonly conversations: number;
  readonly calls: number;
  readonly etaSeconds: number;
  readonly byGroup: readonly {
    readonly groupId: string;
    readonly topicId: string | null;
    readonly groupType: string;
    readonly messages: number;
  }[];
  readonly bySender: readonly {
    readonly sender: string | null;
    readonly messages: number;
  }[];
  readonly overTime: readonly {
    readonly from: string;
    readonly to: string;
    readonly messages: number;
  }[];
  readonly coverage: CoverageSummary;
  readonly sample: readonly Message[];
  readonly warnings: readonly {
    readonly code:
      | 'large_share'
      | 'open_window'
      | 'older_than_roaming'
      | 'live_group_too_old'
      | 'live_group_clients'
      | 'overlap'
      | 'not_in_index'
      | 'protected'
      | 'group_gone'
      | 'incomplete'
      | 'unreachable'
      | 'sender_differs'
      | 'no_longer_matches'
      | 'edited'
      | 'unverifiable'
      | 'text_as_pieces'
      | 'text_not_kept';
    readonly count: number;
    readonly en: string;
    readonly zh: string;
  }[];
  readonly drift: {
    readonly frozen: number;
    readonly now: number;
  } | null;
};

/** Why a request was refused (RFC 9457). */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code:
    | 'malformed_request'
    | 'malformed_body'
    | 'unauthenticated'
    | 'forbidden'
    | 'csrf'
    | 'not_found'
    | 'method_not_allowed'
    | 'not_acceptable'
    | 'request_timeout'
    | 'conflict'
    | 'plan_drift'
    | 'too_large'
    | 'unsupported_media_type'
    | 'invalid_request'
    | 'too_many_attempts'
    | 'headers_too_large'
    | 'internal'
    | 'query_timeout'
    | 'unavailable'
    | 'migrations_missing';
  readonly requestId: string;
  readonly drift?:
    | {
        readonly frozen: number;
        readonly now: number;
      }
    | undefined;
  readonly errors: readonly {
    readonly path: string;
    readonly message: string;
  }[];
};

/** A message to protect; the index need not hold it. */
export type ProtectMessage = {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  readonly msgSeq: number;
  readonly reason: string;
};

/** A sender to protect. */
export type ProtectSender = {
  readonly sender: string;
  readonly reason: string;
};

/** A message that no recall takes back. */
export type ProtectedMessage = {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
};

/** All protected messages, the newest first. */
export type ProtectedMessages = {
  readonly items: readonly ProtectedMessage[];
};

/** A sender whom no recall touches. */
export type ProtectedSender = {
  readonly sender: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
};

/** All protected senders, the newest first. */
export type ProtectedSenders = {
  readonly items: readonly ProtectedSender[];
};

/** Whether the process can do its work. */
export type Readiness = {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
};

/** A request to take messages back, and how far it has come. */
export type Recall = {
  readonly id: string;
  readonly sdkAppId: number;
  readonly state:
    | 'planning'
    | 'planned'
    | 'awaiting_approval'
    | 'running'
    | 'paused'
    | 'completed'
    | 'completed_with_failures'
    | 'cancelled'
    | 'failed';
  readonly stateNote: string | null;
  readonly stateCause: {
    readonly code:
      | 'paused_by_person'
      | 'stopped_by_platform'
      | 'first_wave_failed'
      | 'approval_expired'
      | 'too_large'
      | 'planning_failed';
    readonly en: string;
    readonly zh: string;
  } | null;
  readonly pauseCode: number | null;
  readonly selector: Selector;
  readonly reason: string;
  readonly requestedBy: string;
  readonly source: 'api' | 'queue';
  readonly mode: 'plan' | 'execute';
  readonly priority: 'urgent' | 'normal' | 'bulk';
  readonly counts: {
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
  };
  readonly batches: {
    readonly total: number;
    readonly done: number;
  };
  readonly protectedLeftOut: number;
  readonly approval: {
    readonly above: number;
    readonly awaitingSince: string | null;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
  } | null;
  readonly canary: {
    readonly messages: number;
    readonly maxFailedShare: number;
    readonly state: 'running' | 'passed' | 'stopped';
  } | null;
  readonly follow: {
    readonly seconds: number;
    readonly until: string | null;
    readonly state: 'waiting' | 'following' | 'closing' | 'ended';
    readonly late: number;
    readonly leftOut: number;
    readonly cause: {
      readonly code: 'limit' | 'size' | 'approval' | 'cap' | 'copy_gone';
      readonly en: string;
      readonly zh: string;
    } | null;
  } | null;
  readonly rule: {
    readonly name: string | null;
    readonly dailyCap: number;
  } | null;
  readonly proof: {
    readonly answered: number;
    readonly confirmed: number;
    readonly verified: number;
    readonly unproved: number;
    readonly flagged: boolean;
    readonly verification: 'wanted' | 'done' | null;
    readonly unverifiable: number;
  };
  readonly check: {
    readonly senders: boolean;
    readonly texts: boolean;
    readonly state: 'waiting' | 'running' | 'done';
    readonly checked: number;
    readonly unverifiable: number;
    readonly senderDiffers: number;
    readonly noMatch: number;
    readonly edited: number;
  } | null;
  readonly executedBy: string | null;
  readonly createdAt: string;
  readonly plannedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly detailsDroppedAt: string | null;
};

/** What was not recalled, by code, with words. */
export type RecallErrors = {
  readonly items: readonly {
    readonly retCode: number | null;
    readonly state:
      | 'pending'
      | 'recalled'
      | 'not_found'
      | 'expired'
      | 'not_recallable'
      | 'failed'
      | 'unknown'
      | 'cancelled';
    readonly meaning: string;
    readonly advice: string;
    readonly count: number;
  }[];
};

/** Recalls, newest first. */
export type RecallPage = {
  readonly items: readonly Recall[];
  readonly nextCursor: string | null;
};

/** A recall to be made. The same JSON, with `requestedBy` and `idempotencyKey` if wanted, is the data of a job named `recall` on the BullMQ queue `recall-jobs`. */
export type RecallRequest = {
  readonly selector: Selector;
  readonly reason: string;
  readonly mode?: 'plan' | 'execute' | undefined;
  readonly priority?: 'urgent' | 'normal' | 'bulk' | undefined;
  readonly canary?:
    | {
        readonly messages?: number | undefined;
        readonly maxFailedShare?: number | undefined;
      }
    | undefined;
  readonly followSeconds?: number | undefined;
  readonly verifySenders?: boolean | undefined;
  readonly refresh?: boolean | undefined;
};

/** Messages that a back end sent or imported, with what the platform answered. */
export type RegisterMessages = {
  readonly messages: readonly {
    readonly groupId: string;
    readonly topicId?: string | null | undefined;
    readonly msgSeq: number;
    readonly msgTime: number;
    readonly sender: string;
    readonly msgBody: readonly {
      readonly MsgType: string;
      readonly MsgContent: Readonly<Record<string, unknown>>;
    }[];
    readonly msgDropReason?: string | null | undefined;
  }[];
};

/** What became of them. */
export type RegisteredMessages = {
  readonly registered: number;
  readonly known: number;
  readonly dropped: number;
};

/** A standing rule, and what it did. */
export type Rule = {
  readonly id: string;
  readonly sdkAppId: number;
  readonly name: string | null;
  readonly owner: string;
  readonly selector: Selector;
  readonly reason: string;
  readonly priority: 'urgent' | 'normal' | 'bulk';
  readonly dailyCap: number;
  readonly expiresAt: string;
  readonly state:
    | 'planning'
    | 'planned'
    | 'awaiting_approval'
    | 'running'
    | 'paused'
    | 'completed'
    | 'completed_with_failures'
    | 'cancelled'
    | 'failed';
  readonly stateNote: string | null;
  readonly approval: {
    readonly above: number;
    readonly awaitingSince: string | null;
    readonly approvedBy: string | null;
    readonly approvedAt: string | null;
  } | null;
  readonly counts: {
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
  };
  readonly protectedLeftOut: number;
  readonly leftOut: number;
  readonly cause: {
    readonly code: 'limit' | 'size' | 'approval' | 'cap' | 'copy_gone';
    readonly en: string;
    readonly zh: string;
  } | null;
  readonly today: {
    readonly day: string;
    readonly taken: number;
    readonly leftOut: number;
    readonly capped: boolean;
  };
  readonly lastHitAt: string | null;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

/** Standing rules, newest first. */
export type RulePage = {
  readonly items: readonly Rule[];
  readonly nextCursor: string | null;
};

/** A standing rule to be made. */
export type RuleRequest = {
  readonly selector: Selector;
  readonly reason: string;
  readonly name?: string | undefined;
  readonly dailyCap: number;
  readonly expiresAt: string;
  readonly priority?: 'urgent' | 'normal' | 'bulk' | undefined;
};

/** What to recall. Parts are joined by AND, the values of a part by OR. At least one of senders, keywords, messages, sameTextAs or a window (sentFrom and sentTo) must be given; sentFrom must be before sentTo; 10,000 sequences may be named in all. */
export type Selector = {
  readonly sdkAppId?: number | undefined;
  readonly senders?: readonly string[] | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly sentFrom?: string | undefined;
  readonly sentTo?: string | undefined;
  readonly groupIds?: readonly string[] | undefined;
  readonly topicIds?: readonly string[] | undefined;
  readonly excludeSenders?: readonly string[] | undefined;
  readonly messages?:
    | readonly {
        readonly groupId: string;
        readonly topicId?: string | null | undefined;
        readonly msgSeqs: readonly number[];
      }[]
    | undefined;
  readonly sameTextAs?:
    | {
        readonly groupId: string;
        readonly topicId?: string | null | undefined;
        readonly msgSeq: number;
      }
    | undefined;
  readonly limit?: number | undefined;
};

/** What the index and the recalls know of a sender. */
export type Sender = {
  readonly sender: string;
  readonly messages: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly overTime: readonly {
    readonly from: string;
    readonly to: string;
    readonly messages: number;
  }[];
  readonly groups: readonly {
    readonly groupId: string;
    readonly topicId: string | null;
    readonly messages: number;
  }[];
  readonly recalls: readonly {
    readonly id: string;
    readonly state:
      | 'planning'
      | 'planned'
      | 'awaiting_approval'
      | 'running'
      | 'paused'
      | 'completed'
      | 'completed_with_failures'
      | 'cancelled'
      | 'failed';
    readonly reason: string;
    readonly createdAt: string;
    readonly messages: number;
  }[];
  readonly protected: {
    readonly reason: string;
  } | null;
};

/** A sender. */
export type SenderKey = {
  readonly sender: string;
};

/** Who is asking, and what pages need to know. */
export type Session = {
  readonly principal: {
    readonly name: string;
    readonly person: string;
    readonly role: 'viewer' | 'moderator' | 'approver' | 'admin';
    readonly maxMessages: number | null;
  };
  readonly csrfToken: string | null;
  readonly settings: {
    readonly sdkAppId: number;
    readonly sdkAppIds: readonly number[];
    readonly callsPerSecond: number;
    readonly confirmAbove: number;
    readonly approveAbove: number | null;
  };
};

/** A named token. Its secret is not kept. */
export type Token = {
  readonly id: string;
  readonly name: string;
  readonly person: string;
  readonly role: 'viewer' | 'moderator' | 'approver' | 'admin';
  readonly maxMessages: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
};

/** A token to be made. */
export type TokenRequest = {
  readonly name: string;
  readonly person: string;
  readonly role: 'viewer' | 'moderator' | 'approver' | 'admin';
  readonly maxMessages?: number | null | undefined;
  readonly expiresAt?: string | null | undefined;
};

/** All tokens, the newest first. */
export type Tokens = {
  readonly items: readonly Token[];
};

/** What history is asked about. */
export type VerifyRequest = {
  readonly all?: boolean | undefined;
};

/** What each operation takes and answers. */
export interface Operations {
  /** Make a recall */
  createRecall: {
    header?:
      | {
          /** The same key with the same body gives the recall that the first request made; with another body, 409 */
          readonly 'Idempotency-Key'?: string | undefined;
        }
      | undefined;
    body: RecallRequest;
    answer: Recall;
  };
  /** List recalls, newest first */
  listRecalls: {
    query?:
      | {
          /** Only in these states */
          readonly state?:
            | readonly (
                | 'planning'
                | 'planned'
                | 'awaiting_approval'
                | 'running'
                | 'paused'
                | 'completed'
                | 'completed_with_failures'
                | 'cancelled'
                | 'failed'
              )[]
            | undefined;
          /** Only those that this person or program asked for */
          readonly requestedBy?: string | undefined;
          /** Only those asked for from then on */
          readonly createdFrom?: string | undefined;
          /** Only those asked for before; later than createdFrom */
          readonly createdTo?: string | undefined;
          /** Only ordinary recalls, or only standing rules */
          readonly kind?: 'recall' | 'rule' | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: RecallPage;
  };
  /** One recall with its counts */
  getRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    answer: Recall;
  };
  /** What a frozen plan holds */
  getPlan: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    answer: Plan;
  };
  /** What became of every sequence */
  listOutcomes: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    query?:
      | {
          /** Only in these states */
          readonly state?:
            | readonly (
                | 'pending'
                | 'recalled'
                | 'not_found'
                | 'expired'
                | 'not_recallable'
                | 'failed'
                | 'unknown'
                | 'cancelled'
              )[]
            | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
          /** For links, which send no headers of ours: instead of `Accept` */
          readonly format?: 'csv' | 'ndjson' | undefined;
          /** Likewise, instead of `Accept-Language` */
          readonly language?: 'en' | 'zh' | undefined;
        }
      | undefined;
    header?:
      | {
          /** `meaning` is Chinese when zh is preferred, else English */
          readonly 'Accept-Language'?: string | undefined;
        }
      | undefined;
    answer: OutcomePage;
  };
  /** What went wrong, by code, and what to do */
  listRecallErrors: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    header?:
      | {
          /** Chinese when zh is preferred, else English */
          readonly 'Accept-Language'?: string | undefined;
        }
      | undefined;
    answer: RecallErrors;
  };
  /** Progress as it happens (server-sent events) */
  watchRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    answer: string;
  };
  /** What a recall took back, for an appeal */
  listEvidence: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    query?:
      | {
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: EvidencePage;
  };
  /** What the comparison with history found out about a plan */
  listFindings: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    query?:
      | {
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: FindingPage;
  };
  /** Carry out a frozen plan */
  executeRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Confirmation | undefined;
    answer: Recall;
  };
  /** Approve a recall that awaits it */
  approveRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Confirmation | undefined;
    answer: Recall;
  };
  /** Stop calling for a while */
  pauseRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** Go on with a paused recall */
  resumeRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** End a recall */
  cancelRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** Take up what failed */
  retryRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** Have history asked whether what was recalled is gone */
  verifyRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: VerifyRequest | undefined;
    answer: Recall;
  };
  /** End the tail of a recall */
  stopFollowing: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** Make a standing rule */
  createRule: {
    header?:
      | {
          /** The same key with the same body gives the recall that the first request made; with another body, 409 */
          readonly 'Idempotency-Key'?: string | undefined;
        }
      | undefined;
    body: RuleRequest;
    answer: Rule;
  };
  /** List standing rules, newest first */
  listRules: {
    query?:
      | {
          /** Only in these states */
          readonly state?:
            | readonly (
                | 'planning'
                | 'planned'
                | 'awaiting_approval'
                | 'running'
                | 'paused'
                | 'completed'
                | 'completed_with_failures'
                | 'cancelled'
                | 'failed'
              )[]
            | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: RulePage;
  };
  /** One standing rule with what it did */
  getRule: {
    path: {
      /** Id of a rule */
      readonly id: string;
    };
    answer: Rule;
  };
  /** End a standing rule */
  cancelRule: {
    path: {
      /** Id of a rule */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Rule;
  };
  /** Search the index, newest first */
  searchMessages: {
    query?:
      | {
          /** UserID (From_Account), matched exactly */
          readonly sender?: readonly string[] | undefined;
          /** Matched anywhere in the text, as in a selector */
          readonly keyword?: readonly string[] | undefined;
          /** GroupId, matched exactly */
          readonly groupId?: readonly string[] | undefined;
          /** TopicId, matched exactly */
          readonly topicId?: readonly string[] | undefined;
          /** Inclusive */
          readonly sentFrom?: string | undefined;
          /** Exclusive */
          readonly sentTo?: string | undefined;
          /** MsgType of at least one element, or `other` */
          readonly messageType?: readonly string[] | undefined;
          /** GroupId of a message: only messages with the same text; needs sameTextSeq */
          readonly sameTextGroup?: string | undefined;
          /** Its TopicId, if it has one */
          readonly sameTextTopic?: string | undefined;
          /** Its MsgSeq */
          readonly sameTextSeq?: number | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: MessagePage;
  };
  /** Register messages that were sent by REST */
  registerMessages: {
    body: RegisterMessages;
    answer: RegisteredMessages;
  };
  /** A sender's volume over time, groups and recalls */
  getSender: {
    path: {
      /** UserID, percent-encoded */
      readonly sender: string;
    };
    answer: Sender;
  };
  /** How the system does */
  readHealth: {
    header?:
      | {
          /** Chinese when zh is preferred, else English */
          readonly 'Accept-Language'?: string | undefined;
        }
      | undefined;
    answer: Health;
  };
  /** How complete the index is */
  listCoverage: {
    query?:
      | {
          /** Only the conversations of this group */
          readonly groupId?: string | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: CoveragePage;
  };
  /** Read an app's history into the index */
  createBackfill: {
    body: BackfillRequest;
    answer: BackfillDetails;
  };
  /** List backfills, newest first */
  listBackfills: {
    query?:
      | {
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: BackfillPage;
  };
  /** One backfill with what is to be said of its parts */
  getBackfill: {
    path: {
      /** Id of a backfill */
      readonly id: string;
    };
    answer: BackfillDetails;
  };
  /** Stop reading history for a while */
  pauseBackfill: {
    path: {
      /** Id of a backfill */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: BackfillDetails;
  };
  /** Go on reading history */
  resumeBackfill: {
    path: {
      /** Id of a backfill */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: BackfillDetails;
  };
  /** End a backfill */
  cancelBackfill: {
    path: {
      /** Id of a backfill */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: BackfillDetails;
  };
  /** What the completion webhook was told */
  listDeliveries: {
    query?:
      | {
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: DeliveryPage;
  };
  /** List senders whom no recall touches */
  listProtectedSenders: {
    answer: ProtectedSenders;
  };
  /** Protect a sender */
  protectSender: {
    body: ProtectSender;
    answer: ProtectedSender;
  };
  /** Protect a sender no longer */
  unprotectSender: {
    body: SenderKey;
    answer: void;
  };
  /** List messages that no recall takes back */
  listProtectedMessages: {
    answer: ProtectedMessages;
  };
  /** Protect a message */
  protectMessage: {
    body: ProtectMessage;
    answer: ProtectedMessage;
  };
  /** Protect a message no longer */
  unprotectMessage: {
    body: MessageKey;
    answer: void;
  };
  /** List tokens */
  listTokens: {
    answer: Tokens;
  };
  /** Make a token */
  createToken: {
    body: TokenRequest;
    answer: NewToken;
  };
  /** Make a token useless */
  revokeToken: {
    path: {
      /** Id of a token */
      readonly id: string;
    };
    answer: Token;
  };
  /** What was done, by whom, why and from where */
  listAudit: {
    query?:
      | {
          /** Only this action */
          readonly action?: string | undefined;
          /** Only by the token of this name, or by this person */
          readonly actor?: string | undefined;
          /** Only with this recall */
          readonly recallId?: string | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: AuditPage;
  };
  /** Walk the whole chain of the audit */
  verifyAudit: {
    answer: AuditVerification;
  };
  /** Erase a person */
  createErasure: {
    body: ErasureRequest;
    answer: ErasurePreview | Erasure;
  };
  /** List erasures, newest first */
  listErasures: {
    query?:
      | {
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: ErasurePage;
  };
  /** An erasure: how far it is */
  getErasure: {
    path: {
      /** Id of an erasure */
      readonly id: string;
    };
    answer: Erasure;
  };
  /** Log in with a token */
  logIn: {
    body: LogIn;
    answer: Session;
  };
  /** Who is asking */
  getSession: {
    answer: Session;
  };
  /** Log out */
  logOut: {
    answer: void;
  };
  /** How people may log in */
  getLogInWays: {
    answer: LogInWays;
  };
  /** List sessions */
  listSessions: {
    answer: OpenSessions;
  };
  /** End a person's sessions */
  endSessions: {
    body: EndSessions;
    answer: EndedSessions;
  };
  /** This document */
  getOpenApi: {
    answer: OpenApiDocument;
  };
  /** Whether the process is alive */
  getHealth: {
    answer: Alive;
  };
  /** Whether database, migrations and queue are there */
  getReadiness: {
    answer: Readiness;
  };
  /** Figures for Prometheus */
  getMetrics: {
    answer: string;
  };
}

/** Where each operation is. */
export const operations = {
  createRecall: ['POST', '/api/v1/recalls'],
  listRecalls: ['GET', '/api/v1/recalls'],
  getRecall: ['GET', '/api/v1/recalls/{id}'],
  getPlan: ['GET', '/api/v1/recalls/{id}/plan'],
  listOutcomes: ['GET', '/api/v1/recalls/{id}/outcomes'],
  listRecallErrors: ['GET', '/api/v1/recalls/{id}/errors'],
  watchRecall: ['GET', '/api/v1/recalls/{id}/events'],
  listEvidence: ['GET', '/api/v1/recalls/{id}/evidence'],
  listFindings: ['GET', '/api/v1/recalls/{id}/findings'],
  executeRecall: ['POST', '/api/v1/recalls/{id}/execute'],
  approveRecall: ['POST', '/api/v1/recalls/{id}/approve'],
  pauseRecall: ['POST', '/api/v1/recalls/{id}/pause'],
  resumeRecall: ['POST', '/api/v1/recalls/{id}/resume'],
  cancelRecall: ['POST', '/api/v1/recalls/{id}/cancel'],
  retryRecall: ['POST', '/api/v1/recalls/{id}/retry'],
  verifyRecall: ['POST', '/api/v1/recalls/{id}/verify'],
  stopFollowing: ['POST', '/api/v1/recalls/{id}/stop-following'],
  createRule: ['POST', '/api/v1/rules'],
  listRules: ['GET', '/api/v1/rules'],
  getRule: ['GET', '/api/v1/rules/{id}'],
  cancelRule: ['POST', '/api/v1/rules/{id}/cancel'],
  searchMessages: ['GET', '/api/v1/messages'],
  registerMessages: ['POST', '/api/v1/messages'],
  getSender: ['GET', '/api/v1/senders/{sender}'],
  readHealth: ['GET', '/api/v1/health'],
  listCoverage: ['GET', '/api/v1/coverage'],
  createBackfill: ['POST', '/api/v1/backfills'],
  listBackfills: ['GET', '/api/v1/backfills'],
  getBackfill: ['GET', '/api/v1/backfills/{id}'],
  pauseBackfill: ['POST', '/api/v1/backfills/{id}/pause'],
  resumeBackfill: ['POST', '/api/v1/backfills/{id}/resume'],
  cancelBackfill: ['POST', '/api/v1/backfills/{id}/cancel'],
  listDeliveries: ['GET', '/api/v1/deliveries'],
  listProtectedSenders: ['GET', '/api/v1/protected/senders'],
  protectSender: ['POST', '/api/v1/protected/senders'],
  unprotectSender: ['POST', '/api/v1/protected/senders/remove'],
  listProtectedMessages: ['GET', '/api/v1/protected/messages'],
  protectMessage: ['POST', '/api/v1/protected/messages'],
  unprotectMessage: ['POST', '/api/v1/protected/messages/remove'],
  listTokens: ['GET', '/api/v1/tokens'],
  createToken: ['POST', '/api/v1/tokens'],
  revokeToken: ['POST', '/api/v1/tokens/{id}/revoke'],
  listAudit: ['GET', '/api/v1/audit'],
  verifyAudit: ['POST', '/api/v1/audit/verify'],
  createErasure: ['POST', '/api/v1/erasures'],
  listErasures: ['GET', '/api/v1/erasures'],
  getErasure: ['GET', '/api/v1/erasures/{id}'],
  logIn: ['POST', '/api/v1/session'],
  getSession: ['GET', '/api/v1/session'],
  logOut: ['DELETE', '/api/v1/session'],
  getLogInWays: ['GET', '/api/v1/session/ways'],
  listSessions: ['GET', '/api/v1/sessions'],
  endSessions: ['POST', '/api/v1/session/end'],
  getOpenApi: ['GET', '/api/v1/openapi.json'],
  getHealth: ['GET', '/healthz'],
  getReadiness: ['GET', '/readyz'],
  getMetrics: ['GET', '/metrics'],
} as const;
