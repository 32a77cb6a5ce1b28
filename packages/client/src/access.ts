import type { AuditEntry, OpenSession, ProtectedMessage, ProtectedSender, Token } from './generated/api.ts';
import { eachItem, type Page } from './pages.ts';
import type { AnswerOf, InputOf, Transport } from './transport.ts';

export type Role = Token['role'];
export type AuditQuery = NonNullable<InputOf<'listAudit'>['query']>;

/** Who may do what, what nobody may touch, and what was done. */
export interface Access {
  readonly tokens: {
    list(): Promise<readonly Token[]>;
    /** The answer holds the secret; it is shown this once. */
    create(token: InputOf<'createToken'>['body']): Promise<AnswerOf<'createToken'>>;
    revoke(id: string): Promise<Token>;
  };
  readonly sessions: {
    /** All that hold, by person. */
    list(): Promise<readonly OpenSession[]>;
    /** Ends all of a person's in browsers. @returns how many there were */
    end(person: string): Promise<number>;
  };
  readonly audit: {
    /** A page, newest first. */
    list(query?: AuditQuery): Promise<Page<AuditEntry>>;
    each(query?: Omit<AuditQuery, 'cursor'>): AsyncGenerator<AuditEntry>;
    /** Walks the whole chain of hashes. `firstBroken` null: it is whole. */
    verify(): Promise<AnswerOf<'verifyAudit'>>;
  };
  readonly protected: {
    senders(): Promise<readonly ProtectedSender[]>;
    messages(): Promise<readonly ProtectedMessage[]>;
    addSender(sender: InputOf<'protectSender'>['body']): Promise<ProtectedSender>;
    removeSender(sender: string): Promise<void>;
    addMessage(message: InputOf<'protectMessage'>['body']): Promise<ProtectedMessage>;
    removeMessage(message: InputOf<'unprotectMessage'>['body']): Promise<void>;
  };
}

export function createAccess({ call }: Transport): Access {
  return {
    tokens: {
      list: async () => (await call('listTokens', {})).items,
      create: (body) => call('createToken', { body }),
      revoke: (id) => call('revokeToken', { path: { id } }),
    },
    sessions: {
      list: async () => (await call('listSessions', {})).items,
      end: async (person) => (await call('endSessions', { body: { person } })).ended,
    },
    audit: {
      list: (query = {}) => call('listAudit', { query }),
      each: (query = {}) => eachItem((cursor) => call('listAudit', { query: { limit: 1_000, ...query, cursor } })),
      verify: () => call('verifyAudit', {}),
    },
    protected: {
      senders: async () => (await call('listProtectedSenders', {})).items,
      messages: async () => (await call('listProtectedMessages', {})).items,
      addSender: (body) => call('protectSender', { body }),
      removeSender: (sender) => call('unprotectSender', { body: { sender } }),
      addMessage: (body) => call('protectMessage', { body }),
      removeMessage: (body) => call('unprotectMessage', { body }),
    },
  };
}
