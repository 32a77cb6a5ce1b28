import type { Holder, Role } from '@chat-recall/shared/access';
import type { Actor } from '@chat-recall/shared/audit';

export type { Role } from '@chat-recall/shared/access';

/** What a route asks of whoever calls it: a role, or that messages may be read. */
export type Need = Role | 'reader';

/** Who is asking, and from where. */
export interface Principal extends Omit<Holder, 'tokenId'> {
  /** By a token, or by the session of a browser. */
  readonly via: 'api' | 'browser';
  /** The client's address; '': not known. */
  readonly address: string;
}

/** Whom CONSOLE_ADMIN_TOKEN stands for. */
export const configuredAdmin: Holder = {
  tokenId: null,
  name: 'admin',
  person: 'admin',
  role: 'admin',
  maxMessages: null,
};

/** Whoever asks for what everybody may see. */
export const anonymous: Principal = {
  name: 'anonymous',
  person: '',
  role: 'viewer',
  maxMessages: null,
  via: 'api',
  address: '',
};

/** Names in the audit that are no token's: nobody else may bear them. */
export const reservedNames: readonly string[] = ['admin', 'anonymous', 'queue', 'system'];

const includes: Readonly<Record<Role, readonly Need[]>> = {
  viewer: ['viewer'],
  moderator: ['viewer', 'reader', 'moderator'],
  approver: ['viewer', 'reader', 'approver'],
  admin: ['viewer', 'reader', 'moderator', 'approver', 'admin'],
};

/** Whether whoever has `role` may do what is needed. */
export function mayAct(role: Role, needed: Need): boolean {
  return includes[role].includes(needed);
}

/** Whether whoever has `role` may read what people wrote. */
export function mayReadText(role: Role): boolean {
  return mayAct(role, 'reader');
}

/** A principal as the audit names it. */
export function actorOf({ name, person, role, via, address }: Principal): Actor {
  return { name, person, role, via, address };
}
