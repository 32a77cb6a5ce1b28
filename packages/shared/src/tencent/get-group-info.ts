import { z } from 'zod';
import type { CallResult, Gate, TencentClient } from './client.ts';
import { recordsOf, secondsToMs, wholeNumber } from './lenient.ts';

/** Groups that one call takes at most (intl 34961). */
export const groupsPerCall = 50;

export interface GroupInfo {
  readonly groupId: string;
  /** Of this group: 0, or 10010 and 10015 for one that is not there. The envelope says nothing about it. */
  readonly errorCode: number;
  /** The sequence that the group's next message will have; null where it was not told. */
  readonly nextMsgSeq: number | null;
  /** Unix ms; null when there is no message, or where it was not told. */
  readonly lastMsgTime: number | null;
  readonly type: string | null;
}

const answer = z.looseObject({ GroupInfo: z.unknown().optional() });

/** Up to 50 groups (intl 34961, 200 calls/s), in the order asked; a group without an answer is left out. */
export async function getGroupInfo(
  client: TencentClient,
  groupIds: readonly string[],
  gate: Gate,
): Promise<CallResult<readonly GroupInfo[]>> {
  const body = {
    GroupIdList: groupIds,
    ResponseFilter: { GroupBaseInfoFilter: ['Type', 'NextMsgSeq', 'LastMsgTime'] },
  };
  const result = await client.post('group_open_http_svc/get_group_info', body, answer, gate);
  if (result.kind !== 'answered') return result;
  const told = new Map<unknown, Record<string, unknown>>();
  for (const record of recordsOf(result.body.GroupInfo, (item) => 'GroupId' in item)) {
    if (!told.has(record.GroupId)) told.set(record.GroupId, record);
  }
  const infos = groupIds.flatMap((groupId) => {
    const record = told.get(groupId);
    return record ? [groupInfo(groupId, record)] : [];
  });
  return { ...result, body: infos };
}

function groupInfo(groupId: string, record: Record<string, unknown>): GroupInfo {
  return {
    groupId,
    errorCode: wholeNumber(record.ErrorCode, Number.MIN_SAFE_INTEGER) ?? 0,
    nextMsgSeq: wholeNumber(record.NextMsgSeq, 0) ?? null,
    lastMsgTime: secondsToMs(record.LastMsgTime) ?? null,
    type: typeof record.Type === 'string' ? record.Type : null,
  };
}
