import { lastMsgTime, nextMsgSeq } from '../world/group.ts';
import { fail, succeed } from './answer.ts';
import type { Command, CommandContext } from './command.ts';
import { isGroupId, isRecord } from './fields.ts';

const mostGroups = 50;

/** `get_group_info` (intl 34961): up to 50 groups, each with an `ErrorCode` of its own. Members are not imitated. */
export const getGroupInfo: Command = (body, context) => {
  const ids: unknown = body.GroupIdList;
  const wellFormed = Array.isArray(ids) && ids.length >= 1 && ids.length <= mostGroups;
  if (!wellFormed || !ids.every((id) => typeof id === 'string')) {
    return fail(10004, `GroupIdList must hold 1 to ${mostGroups} strings`);
  }
  const filter = isRecord(body.ResponseFilter) ? body.ResponseFilter.GroupBaseInfoFilter : undefined;
  return succeed({ GroupInfo: ids.map((id: string) => groupInfo(id, filter, context)) });
};

function groupInfo(groupId: string, filter: unknown, { world, rules }: CommandContext): Record<string, unknown> {
  const group = world.group(groupId);
  const conversation = world.conversation(groupId);
  if (!group || !conversation) {
    const { ErrorCode, ErrorInfo } = fail(isGroupId(groupId) ? 10010 : 10015);
    return { GroupId: groupId, ErrorCode, ErrorInfo };
  }
  const fields = {
    Type: group.type,
    Name: groupId,
    Appid: rules.sdkAppId,
    Introduction: '',
    Notification: '',
    FaceUrl: '',
    Owner_Account: 'owner',
    CreateTime: group.createTime,
    LastInfoTime: group.createTime,
    LastMsgTime: lastMsgTime(conversation),
    NextMsgSeq: nextMsgSeq(conversation),
    MemberNum: 1,
    MaxMemberNum: 2000,
    ApplyJoinOption: 'FreeAccess',
  };
  const wanted = Object.entries(fields).filter(([name]) => !Array.isArray(filter) || filter.includes(name));
  return { GroupId: groupId, ErrorCode: 0, ErrorInfo: '', ...Object.fromEntries(wanted) };
}
