// Made by `npm run generate -w packages/client` from the OpenAPI document of the console. Do not edit.

/** The process runs. */
export type Alive = {
  readonly alive: true;
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
    readonly messageTypes: readonly string[];
    readonly recalledAt: string;
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

/** An indexed group message. */
export type Message = {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly sender: string;
  readonly sentAt: string;
  readonly text: string;
  readonly messageTypes: readonly string[];
  readonly recalled: {
    readonly at: string;
    readonly by: string | null;
    readonly recallId: string | null;
  } | null;
};

/** Messages, newest first. */
export type MessagePage = {
  readonly items: readonly Message[];
  readonly nextCursor: string | null;
};

/** An empty object, or no body at all. */
export type Nothing = Readonly<Record<string, never>>;

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = {
  readonly openapi: string;
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
  readonly attempts: number;
  readonly lastAttemptAt: string | null;
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
      | 'protected';
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
    | 'not_found'
    | 'method_not_allowed'
    | 'not_acceptable'
    | 'request_timeout'
    | 'conflict'
    | 'too_large'
    | 'unsupported_media_type'
    | 'invalid_request'
    | 'headers_too_large'
    | 'internal'
    | 'query_timeout'
    | 'unavailable'
    | 'migrations_missing';
  readonly requestId: string;
  readonly errors: readonly {
    readonly path: string;
    readonly message: string;
  }[];
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
  readonly executedBy: string | null;
  readonly createdAt: string;
  readonly plannedAt: string | null;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
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
  /** Carry out a frozen plan */
  executeRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
    answer: Recall;
  };
  /** Approve a recall that awaits it */
  approveRecall: {
    path: {
      /** Id of a recall */
      readonly id: string;
    };
    body?: Nothing | undefined;
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
  /** Search the index, newest first */
  searchMessages: {
    query?:
      | {
          readonly sender?: readonly string[] | undefined;
          readonly keyword?: readonly string[] | undefined;
          readonly groupId?: readonly string[] | undefined;
          readonly topicId?: readonly string[] | undefined;
          /** Inclusive */
          readonly sentFrom?: string | undefined;
          /** Exclusive */
          readonly sentTo?: string | undefined;
          /** `nextCursor` of the page before; empty or absent: the first page */
          readonly cursor?: string | undefined;
          /** Items on a page */
          readonly limit?: number | undefined;
        }
      | undefined;
    answer: MessagePage;
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
  executeRecall: ['POST', '/api/v1/recalls/{id}/execute'],
  approveRecall: ['POST', '/api/v1/recalls/{id}/approve'],
  pauseRecall: ['POST', '/api/v1/recalls/{id}/pause'],
  resumeRecall: ['POST', '/api/v1/recalls/{id}/resume'],
  cancelRecall: ['POST', '/api/v1/recalls/{id}/cancel'],
  retryRecall: ['POST', '/api/v1/recalls/{id}/retry'],
  searchMessages: ['GET', '/api/v1/messages'],
  getSender: ['GET', '/api/v1/senders/{sender}'],
  readHealth: ['GET', '/api/v1/health'],
  getOpenApi: ['GET', '/api/v1/openapi.json'],
  getHealth: ['GET', '/healthz'],
  getReadiness: ['GET', '/readyz'],
  getMetrics: ['GET', '/metrics'],
} as const;
