import { getGroupInfo, groupsPerCall } from '../tencent/index.ts';
import { endOf, type PartEnd } from './backfill-parts.ts';
import { isCommunity } from './backfill-types.ts';
import type { CountedGate, BackfillWork } from './backfill-work.ts';

/** What of a file's messages becomes of those of a group. */
export interface KnownGroup {
  readonly type: string;
  /** Its topics cannot be told apart in a file. */
  readonly community: boolean;
  readonly gone: boolean;
}

/** Groups by id, remembered. */
export interface KnownGroups {
  /** @throws GroupsUntold when the platform does not say what some of them are */
  of(groupIds: readonly string[], gate: CountedGate): Promise<ReadonlyMap<string, KnownGroup>>;
}

/** What groups are could not be learned: the hour is to be read again. */
export class GroupsUntold extends Error {
  override readonly name = 'GroupsUntold';
  readonly end: PartEnd;

  constructor(end: PartEnd) {
    super('the platform did not say what some groups are');
    this.end = end;
  }
}

const mostRemembered = 50_000;

/** What groups are: from the index where it knows, else from the platform, 50 a call. */
export function createKnownGroups({
  pool,
  appId,
  client,
}: Pick<BackfillWork, 'pool' | 'appId' | 'client'>): KnownGroups {
  const remembered = new Map<string, KnownGroup>();

  async function fromIndex(groupIds: readonly string[]): Promise<void> {
    const { rows } = await pool.query<{ group_id: string; group_type: string; gone: boolean }>({
      name: 'backfill_groups',
      text: `select group_id, group_type, gone_at is not null as gone from conversations
              where app_id = $1 and group_id = any($2) and topic_id = '' and group_type <> ''`,
      values: [appId, groupIds],
    });
    for (const { group_id: id, group_type: type, gone } of rows) {
      remembered.set(id, { type, gone, community: isCommunity(id, type) });
    }
  }

  async function fromPlatform(groupIds: readonly string[], gate: CountedGate): Promise<void> {
    const answer = await getGroupInfo(client, groupIds, gate.enter);
    if (answer.kind !== 'answered') throw new GroupsUntold(endOf(null));
    if (answer.errorCode !== 0) throw new GroupsUntold(endOf(answer.errorCode));
    for (const { groupId, errorCode, type } of answer.body) {
      const gone = errorCode === 10010 || errorCode === 10015;
      if (errorCode !== 0 && !gone) throw new GroupsUntold(endOf(errorCode));
      remembered.set(groupId, { type: type ?? '', gone, community: isCommunity(groupId, type) });
    }
    if (groupIds.some((id) => !remembered.has(id))) throw new GroupsUntold(endOf(null));
  }

  return {
    async of(groupIds, gate) {
      if (remembered.size > mostRemembered) remembered.clear();
      const open = groupIds.filter((id) => !remembered.has(id));
      if (open.length > 0) await fromIndex(open);
      const unknown = open.filter((id) => !remembered.has(id));
      for (let at = 0; at < unknown.length; at += groupsPerCall) {
        await fromPlatform(unknown.slice(at, at + groupsPerCall), gate);
      }
      return new Map(groupIds.map((id) => [id, remembered.get(id) ?? { type: '', gone: false, community: false }]));
    },
  };
}
