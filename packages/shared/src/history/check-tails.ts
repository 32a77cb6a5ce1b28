import type { Pool } from '../db/index.ts';
import {
  getGroupInfo,
  getTopic,
  groupsPerCall,
  type Gate,
  type GroupInfo,
  type TencentClient,
  type TopicInfo,
} from '../tencent/index.ts';
import { isLive } from './live.ts';

/** What asking for the newest sequences of an app takes. */
export interface TailParts {
  readonly pool: Pool;
  readonly appId: number;
  readonly client: TencentClient;
  /** Of `get_group_info`. */
  readonly groupGate: Gate;
  /** Of `get_topic`. */
  readonly topicGate: Gate;
}

/** Conversations asked about in one turn. */
const perTurn = 500;

interface Due {
  readonly conversation_id: number;
  readonly group_id: string;
  readonly topic_id: string;
  readonly group_type: string;
}

/** What the platform said of one conversation; null: nothing of use. */
interface Told {
  readonly conversationId: number;
  readonly newest: number | null;
  readonly gone: boolean;
}

/**
 * Asks for the newest sequence of each conversation, since of a lost last message no gap tells: every minute
 * for those that were active in the last hour, every ten minutes for the others. 50 groups, or all topics of
 * a community, in one call (intl 34961, 49469). Live groups are only asked whether they are there: they have
 * no history.
 *
 * @returns how many conversations were asked about
 */
export async function checkTails(parts: TailParts): Promise<number> {
  const due = await claim(parts);
  const groups = due.filter(({ topic_id: topic }) => topic === '');
  const told: Told[] = [];
  for (let at = 0; at < groups.length; at += groupsPerCall) {
    told.push(...(await askGroups(parts, groups.slice(at, at + groupsPerCall))));
  }
  const topics = new Map<string, Due[]>();
  for (const one of due.filter(({ topic_id: topic }) => topic !== '')) {
    topics.set(one.group_id, [...(topics.get(one.group_id) ?? []), one]);
  }
  for (const [groupId, ofGroup] of topics) told.push(...(await askTopics(parts, groupId, ofGroup)));
  await write(parts.pool, told);
  return due.length;
}

async function claim({ pool, appId }: TailParts): Promise<Due[]> {
  const { rows } = await pool.query<Due>({
    name: 'claim_tails',
    text: `with due as (
             select c.conversation_id from coverage c join conversations v using (conversation_id)
              where c.history <> 'gone' and c.tail_due_at <= now() and v.app_id = $1
                -- What was gone, and speaks again, was made anew.
                and (v.gone_at is null or c.active_at > v.gone_at)
              order by c.tail_due_at limit $2 for update of c skip locked
           )
           update coverage c
              set tail_due_at = now() + case when c.active_at > now() - interval '1 hour'
                                             then interval '1 minute' else interval '10 minutes' end
             from due join conversations v using (conversation_id)
            where c.conversation_id = due.conversation_id
           returning c.conversation_id, v.group_id, v.topic_id, v.group_type`,
    values: [appId, perTurn],
  });
  return rows;
}

async function askGroups({ client, groupGate }: TailParts, due: readonly Due[]): Promise<Told[]> {
  const answer = await getGroupInfo(
    client,
    due.map(({ group_id: groupId }) => groupId),
    groupGate,
  );
  if (answer.kind !== 'answered' || answer.errorCode !== 0) return [];
  const infos = new Map(answer.body.map((info) => [info.groupId, info]));
  return due.flatMap(({ conversation_id: id, group_id: groupId, group_type: type }) =>
    toldOf(id, infos.get(groupId), isLive(type)),
  );
}

async function askTopics({ client, topicGate }: TailParts, groupId: string, due: readonly Due[]): Promise<Told[]> {
  const topicIds = due.map(({ topic_id: topicId }) => topicId);
  const answer = await getTopic(client, { groupId, topicIds }, topicGate);
  if (answer.kind !== 'answered') return [];
  if (answer.errorCode === 10010 || answer.errorCode === 10015) {
    return due.map(({ conversation_id: conversationId }) => ({ conversationId, newest: null, gone: true }));
  }
  const infos = new Map(answer.body.map((info) => [info.topicId, info]));
  return due.flatMap(({ conversation_id: id, topic_id: topicId }) => toldOf(id, infos.get(topicId), false));
}

function toldOf(conversationId: number, info: GroupInfo | TopicInfo | undefined, live: boolean): Told[] {
  if (info === undefined) return [];
  const gone = info.errorCode === 10010 || info.errorCode === 10015;
  return [{ conversationId, gone, newest: info.nextMsgSeq === null || live ? null : info.nextMsgSeq - 1 }];
}

async function write(pool: Pool, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  await pool.query({
    name: 'write_tails',
    text: `with told as (
             select * from unnest($1::bigint[], $2::bigint[], $3::boolean[]) as t (id, newest, gone) order by id
           ), left_over as (
             update conversations v set gone_at = case when t.gone then now() end from told t
              where v.conversation_id = t.id and t.gone = (v.gone_at is null)
           )
           update coverage c
              set told_until = greatest(c.told_until, t.newest),
                  told_at = case when t.newest > coalesce(upper(c.known) - 1, 0) then coalesce(c.told_at, now())
                                 else c.told_at end,
                  due_at = case when coverage_missing(c.known, greatest(c.told_until, t.newest)) > 0
                                then coalesce(c.due_at, now() + interval '30 seconds') end,
                  due_below = case when c.due_at is null
                                   then greatest(upper(c.known), c.told_until + 1, t.newest + 1) else c.due_below end
             from told t
            where c.conversation_id = t.id`,
    values: [
      told.map(({ conversationId }) => conversationId),
      told.map(({ newest }) => newest ?? 0),
      told.map(({ gone }) => gone),
    ],
  });
}
