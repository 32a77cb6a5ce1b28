import { z } from 'zod';
import { otherShape, type CallResult, type Gate, type TencentClient } from './client.ts';
import { recordsOf, wholeNumber } from './lenient.ts';

/** Group ids that one call gives at most (intl 34960). */
export const groupIdsPerCall = 10_000;

/** Begins the list, and ends it. */
export const firstGroupList = '0';

export interface GroupList {
  readonly groupIds: readonly string[];
  /** Digits to ask on with; '0' when the list has ended. */
  readonly next: string;
  readonly totalCount: number | null;
}

const answer = z.looseObject({
  GroupIdList: z.unknown().optional(),
  Next: z.unknown().optional(),
  TotalCount: z.unknown().optional(),
});
const digits = /^\d{1,20}$/u;

/**
 * A page of the app's group ids (intl 34960, cn 1614), 10,000 at most. 1 call a second. `Next` is a 64-bit number and
 * is kept digit by digit. Throws when `next` is no such number.
 */
export async function getAppidGroupList(
  client: TencentClient,
  call: { limit: number; next: string; groupType?: string | undefined },
  gate: Gate,
): Promise<CallResult<GroupList>> {
  if (!digits.test(call.next)) throw new TypeError('next must be digits');
  const { limit: Limit, groupType: GroupType } = call;
  // As text: JSON.stringify has no way to write a 64-bit number.
  const body = `{"Next":${call.next},${JSON.stringify({ Limit, GroupType }).slice(1)}`;
  const result = await client.post('group_open_http_svc/get_appid_group_list', body, answer, gate, { exact: ['Next'] });
  if (result.kind !== 'answered') return result;
  const { GroupIdList: list, Next: next, TotalCount: total } = result.body;
  if (result.errorCode !== 0) return { ...result, body: { groupIds: [], next: firstGroupList, totalCount: null } };
  // To take a missing Next for the end would leave groups out without a word.
  if (typeof next !== 'string' || !digits.test(next)) return otherShape(result.httpStatus);
  const ids = recordsOf(list, (item) => 'GroupId' in item).map((item) => item.GroupId);
  const groupIds = [...new Set(ids.filter((id) => typeof id === 'string' && id !== ''))] as string[];
  return { ...result, body: { groupIds, next, totalCount: wholeNumber(total, 0) ?? null } };
}
