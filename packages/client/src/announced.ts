import type { Recall } from './generated/api.ts';
import type { Page } from './pages.ts';

export type Role = 'viewer' | 'moderator' | 'approver' | 'admin';

/** An API token, without its secret. */
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
  readonly hash: string;
}

export interface ProtectedSender {
  readonly sender: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface ProtectedMessage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

export interface Session {
  readonly principal: {
    readonly name: string;
    readonly person: string;
    readonly role: Role;
    readonly maxMessages: number | null;
  };
  readonly csrfToken: string | null;
  readonly settings: {
    readonly sdkAppId: number;
    readonly callsPerSecond: number;
    readonly confirmAbove: number;
    readonly approveAbove: number;
  };
}

interface SequenceOfMessage {
  readonly groupId: string;
  readonly topicId?: string | null | undefined;
  readonly msgSeq: number;
}
interface PathOfRecall {
  path: { readonly id: string };
}

/** Operations that are agreed on and not in the document yet. */
export interface AnnouncedOperations {
  getSession: { answer: Session };
  listTokens: { answer: { readonly items: readonly Token[] } };
  createToken: {
    body: {
      name: string;
      person: string;
      role: Role;
      maxMessages?: number | undefined;
      expiresAt?: string | undefined;
    };
    answer: Token & { readonly secret: string };
  };
  revokeToken: { path: { readonly id: string }; answer: Token };
  listAudit: {
    query?: {
      action?: string | undefined;
      actor?: string | undefined;
      recallId?: string | undefined;
      cursor?: string | undefined;
      limit?: number | undefined;
    };
    answer: Page<AuditEntry>;
  };
  verifyAudit: { answer: { readonly rows: number; readonly firstBroken: number | null } };
  listProtectedSenders: { answer: { readonly items: readonly ProtectedSender[] } };
  protectSender: { body: { sender: string; reason: string }; answer: ProtectedSender };
  unprotectSender: { body: { sender: string }; answer: void };
  listProtectedMessages: { answer: { readonly items: readonly ProtectedMessage[] } };
  protectMessage: { body: SequenceOfMessage & { reason: string }; answer: ProtectedMessage };
  unprotectMessage: { body: SequenceOfMessage; answer: void };
  executeRecall: PathOfRecall & { body?: { confirmDrift?: boolean } | undefined; answer: Recall };
  approveRecall: PathOfRecall & { body?: { confirmDrift?: boolean } | undefined; answer: Recall };
}

export const announced = {
  getSession: ['GET', '/api/v1/session'],
  listTokens: ['GET', '/api/v1/tokens'],
  createToken: ['POST', '/api/v1/tokens'],
  revokeToken: ['POST', '/api/v1/tokens/{id}/revoke'],
  listAudit: ['GET', '/api/v1/audit'],
  verifyAudit: ['POST', '/api/v1/audit/verify'],
  listProtectedSenders: ['GET', '/api/v1/protected/senders'],
  protectSender: ['POST', '/api/v1/protected/senders'],
  unprotectSender: ['POST', '/api/v1/protected/senders/remove'],
  listProtectedMessages: ['GET', '/api/v1/protected/messages'],
  protectMessage: ['POST', '/api/v1/protected/messages'],
  unprotectMessage: ['POST', '/api/v1/protected/messages/remove'],
} as const;
