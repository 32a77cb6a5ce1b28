import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { CoverageSummary } from '../history/index.ts';
import type { HashPieces } from '../messages/index.ts';
import { textWarnings } from './text-warnings.ts';

/** Something that whoever decides on a plan should know. */
export interface Warning {
  readonly code:
    | 'large_share'
    | 'open_window'
    | 'older_than_roaming'
    | 'live_group_too_old'
    | 'live_group_clients'
    | 'overlap'
    | 'not_in_index'
    | 'protected'
    | 'group_gone'
    | 'incomplete'
    | 'unreachable'
    | 'sender_differs'
    | 'no_longer_matches'
    | 'edited'
    | 'unverifiable'
    | 'text_as_pieces'
    | 'text_not_kept';
  readonly count: number;
  readonly en: string;
  readonly zh: string;
}

/** A plan that takes more than this share of all indexed messages is probably not what was meant. */
const largeShare = 0.05;

/** What is remarkable about a frozen plan. */
export async function warningsOf(
  db: Db,
  recall: { id: string; appId: number },
  {
    roamingDays,
    hash,
    coverage,
  }: { readonly roamingDays: number; readonly hash: HashPieces | null; readonly coverage: CoverageSummary },
): Promise<readonly Warning[]> {
  const { rows } = await sql<Record<string, number> & { open_window: boolean }>`
    select
      (select count(*) from outcomes where recall_id = ${recall.id}) as planned,
      (select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'messages'::regclass) as indexed,
      (select count(*) from outcomes where recall_id = ${recall.id} and state = 'pending'
          and sent_at < now() - make_interval(days => ${roamingDays})) as old,
      (select count(*) from outcomes o join conversations c using (conversation_id)
        where o.recall_id = ${recall.id} and o.state = 'pending' and c.group_type in ('AVChatRoom', 'Live')
          and o.sent_at < now() - interval '1 hour') as live_old,
      (select count(*) from outcomes o join conversations c using (conversation_id)
        where o.recall_id = ${recall.id} and o.state = 'pending' and c.group_type in ('AVChatRoom', 'Live')) as live,
      (select count(*) from outcomes where recall_id = ${recall.id} and sent_at is null) as unseen,
      -- Each message is looked up in the other plans, if there are any: half of the time of a preview.
      case when exists (select from recalls where id <> ${recall.id} and state in ('planned', 'awaiting_approval', 'running', 'paused'))
           then (
        select count(*) from outcomes o where o.recall_id = ${recall.id} and o.state = 'pending' and exists (
          select from outcomes x join recalls r on r.id = x.recall_id
           where x.conversation_id = o.conversation_id and x.msg_seq = o.msg_seq and x.recall_id <> o.recall_id
             and x.recall_id in (select id from recalls where state in ('planned', 'awaiting_approval', 'running', 'paused'))
             and x.state in ('pending', 'unknown'))) else 0 end as overlap,
      (select protected_left_out from recalls where id = ${recall.id}) as left_out,
      (select count(*) from outcomes where recall_id = ${recall.id} and state = 'not_found' and ret_code = 10010
          and attempts = 0) as gone,
      (select count(*) from plan_findings where recall_id = ${recall.id} and finding = 'sender_differs') as sender_differs,
      (select count(*) from plan_findings where recall_id = ${recall.id} and finding = 'no_match') as no_match,
      (select count(*) from plan_findings where recall_id = ${recall.id} and finding = 'edited') as edited,
      (select unverifiable from recalls where id = ${recall.id} and check_state = 'done' and verify_state is null) as unverifiable,
      (select selector->>'sentFrom' is null and selector->'messages' is null from recalls where id = ${recall.id}) as open_window`.execute(
    db,
  );
  const found = rows[0];
  if (found === undefined) return [];
  const count = (name: string): number => found[name] ?? 0;
  const all: (Warning | false)[] = [
    count('indexed') > 1_000 &&
      count('planned') > count('indexed') * largeShare && {
        code: 'large_share',
        count: count('planned'),
        en: `The plan takes about ${Math.round((100 * count('planned')) / count('indexed'))} % of all indexed messages.`,
        zh: `该计划约占全部已索引消息的 ${Math.round((100 * count('planned')) / count('indexed'))}%。`,
      },
    found.open_window && {
      code: 'open_window',
      count: count('planned'),
      en: 'The window has no beginning: everything in the index was searched.',
      zh: '未限定起始时间：已搜索索引中的全部消息。',
    },
    count('old') > 0 && {
      code: 'older_than_roaming',
      count: count('old'),
      en: `${count('old')} messages are older than the roaming period of ${roamingDays} days and probably cannot be recalled.`,
      zh: `${count('old')} 条消息早于 ${roamingDays} 天的漫游期，可能无法撤回。`,
    },
    count('live_old') > 0 && {
      code: 'live_group_too_old',
      count: count('live_old'),
      en: `${count('live_old')} messages of live groups are older than an hour and cannot be recalled.`,
      zh: `${count('live_old')} 条直播群消息已超过一小时，无法撤回。`,
    },
    count('live') > 0 && {
      code: 'live_group_clients',
      count: count('live'),
      en: 'In live groups only members who are online notice, and only with Native SDK 7.4.4634 or Web SDK 3.1.2 and later.',
      zh: '直播群中仅在线成员可感知撤回，且需 Native SDK 7.4.4634 或 Web SDK 3.1.2 及以上版本。',
    },
    count('overlap') > 0 && {
      code: 'overlap',
      count: count('overlap'),
      en: `${count('overlap')} messages are in the plan of another recall that has not ended.`,
      zh: `${count('overlap')} 条消息也在另一个未结束的撤回计划中。`,
    },
    count('unseen') > 0 && {
      code: 'not_in_index',
      count: count('unseen'),
      en: `${count('unseen')} named sequences are not in the index; their sender and text are not known.`,
      zh: `${count('unseen')} 个指定的消息序号不在索引中，发送者和内容未知。`,
    },
    coverage.missing > 0 && {
      code: 'incomplete',
      count: coverage.missing,
      en: `${coverage.missing} sequences of the conversations in question are not in the index yet: messages among them are not in the plan.`,
      zh: `相关会话中有 ${coverage.missing} 个消息序号尚未进入索引：其中的消息不在计划内。`,
    },
    coverage.unreachable > 0 && {
      code: 'unreachable',
      count: coverage.unreachable,
      en: `${coverage.unreachable} sequences were missed for good: live groups, and groups that are gone, have no history to ask.`,
      zh: `${coverage.unreachable} 个消息序号已永久缺失：直播群和已解散的群没有可查询的历史消息。`,
    },
    count('gone') > 0 && {
      code: 'group_gone',
      count: count('gone'),
      en: `${count('gone')} messages are in groups or topics that were disbanded; they can no longer be recalled and are not called.`,
      zh: `${count('gone')} 条消息所在的群或话题已解散，无法再撤回，不会发起调用。`,
    },
    count('sender_differs') > 0 && {
      code: 'sender_differs',
      count: count('sender_differs'),
      en: `${count('sender_differs')} messages were left out because history names another sender than the callback did.`,
      zh: `${count('sender_differs')} 条消息未列入：历史消息中的发送者与回调不一致。`,
    },
    count('no_match') > 0 && {
      code: 'no_longer_matches',
      count: count('no_match'),
      en: `${count('no_match')} messages were left out because they were edited and no longer match.`,
      zh: `${count('no_match')} 条消息已被编辑且不再匹配，未列入。`,
    },
    count('edited') > 0 && {
      code: 'edited',
      count: count('edited'),
      en: `${count('edited')} messages of the plan were edited since the index saw them.`,
      zh: `计划中有 ${count('edited')} 条消息在索引之后被编辑过。`,
    },
    count('unverifiable') > 0 && {
      code: 'unverifiable',
      count: count('unverifiable'),
      en: `${count('unverifiable')} messages of the plan could not be compared with history.`,
      zh: `计划中有 ${count('unverifiable')} 条消息无法与历史消息核对。`,
    },
    count('left_out') > 0 && {
      code: 'protected',
      count: count('left_out'),
      en: `${count('left_out')} messages were left out because their sender or they themselves are protected.`,
      zh: `${count('left_out')} 条消息因发送者或消息受保护而未列入。`,
    },
  ];
  return [...all.filter((warning) => warning !== false), ...(await textWarnings(db, recall, hash))];
}
