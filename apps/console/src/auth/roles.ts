/** What a principal may do. Only `admin` can be had so far: by CONSOLE_ADMIN_TOKEN. */
export type Role = 'viewer' | 'moderator' | 'approver' | 'admin';

/** Who is asking. */
export interface Principal {
  /** What recalls keep as `requestedBy`. */
  readonly name: string;
  readonly role: Role;
}

/** Whoever asks for what everybody may see. */
export const anonymous: Principal = { name: 'anonymous', role: 'viewer' };

const includes: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer'],
  moderator: ['viewer', 'moderator'],
  approver: ['viewer', 'approver'],
  admin: ['viewer', 'moderator', 'approver', 'admin'],
};

/** Whether whoever has `role` may do what `needed` may. */
export function mayAct(role: Role, needed: Role): boolean {
  return includes[role].includes(needed);
}
