import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';
import { wholeNumber } from './fields.ts';

const mostGroups = 10_000;

// The platform's `Next` is no offset, and larger than 32 bits; so is this one.
const nextBase = 9_000_000_000;

/** `get_appid_group_list` (intl 34960, cn 1614): all group ids, page by page; `Next` 0 begins and 0 ends. */
export const getAppidGroupList: Command = (body, context) => {
  const limit = wholeNumber(body.Limit, 1, mostGroups, mostGroups);
  if (limit === undefined) return fail(10004, `Limit must be 1 to ${mostGroups}`);
  const next = wholeNumber(body.Next, 0, Number.MAX_SAFE_INTEGER, 0);
  if (next === undefined || (next > 0 && next <= nextBase)) return fail(10004, 'Next must be 0, or of an answer');
  const offset = next === 0 ? 0 : next - nextBase;
  const groups = [...context.world.groups()].filter(({ type }) => (body.GroupType ?? type) === type);
  const end = offset + limit;
  return succeed({
    TotalCount: groups.length,
    GroupIdList: groups.slice(offset, end).map(({ groupId }) => ({ GroupId: groupId })),
    Next: end < groups.length ? nextBase + end : 0,
  });
};
