import type { Bounds } from '@chat-recall/shared/recalls';
import type { Principal } from '../../auth/roles.ts';
import type { ConsoleParts } from '../../parts.ts';

/** What a principal may have recalled without another person: an admin everything. */
export function boundsOf(
  { person, role, maxMessages }: Principal,
  { approveAbove }: Pick<ConsoleParts, 'approveAbove'>,
): Bounds {
  return { person, approveAbove: role === 'admin' ? null : approveAbove, maxMessages };
}
