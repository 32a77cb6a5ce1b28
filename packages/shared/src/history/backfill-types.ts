import { internConversations } from '../messages/index.ts';
import { inTransaction, type Db } from '../db/index.ts';
import { getGroupInfo, getTopic, messagesPerCall, type GroupInfo } from '../tencent/index.ts';
import { sql } from 'kysely';
import { note } from './backfill-notes.ts';
import { endOf, partOf, type PartEnd } from './backfill-parts.ts';
import { counted, type BackfillWork } from './backfill-work.ts';
import { isLive } from './live.ts';

/** Communities have topics, each with sequences of its own. Their ids begin so unless the app chose one (intl 34961). */
export function isCommunity(groupId: string, type: string | null): boolean {
  return type === 'Community' || groupId.startsWith('@TGS#_');
}

/** What is to be read of a conversation, or why nothing is. */
interface Found {
  readonly groupId: string;
  readonly topicId: string;
  readonly type: string;
  readonly newest: number | null;
  /** Unix ms; null: not told. */
  readonly lastMsgTime: number | null;
  readonly errorCode: number;
  /** Its topics are to be listed first. */
  readonly topics: boolean;
}

/**
 * Asks what groups are and how far their sequences go, 50 at most. Live groups are left out.
 *
 * @returns what ended it; null: it is written down
 */
export async function findTypes(
  work: BackfillWork,
  backfill: { readonly backfillId: string; readonly since: number },
  groupIds: readonly string[],
): Promise<PartEnd | null> {
  const gate = counted(work, backfill.backfillId, work.gates.groups);
  const answer = await getGroupInfo(work.client, groupIds, gate.enter);
  if (answer.kind !== 'answered') return endOf(null);
  if (answer.errorCode !== 0) return endOf(answer.errorCode);
  const told = new Map<string, GroupInfo>(answer.body.map((info) => [info.groupId, info]));
  await writeFound(
    work,
    backfill,
    groupIds.map((groupId): Found => {
      const info = told.get(groupId);
      const type = info?.type ?? '';
      return {
        groupId,
        topicId: '',
        type,
        newest: info?.nextMsgSeq == null ? null : info.nextMsgSeq - 1,
        lastMsgTime: info?.lastMsgTime ?? null,
        errorCode: info?.errorCode ?? 0,
        topics: isCommunity(groupId, type),
      };
    }),
    gate.calls(),
  );
  return null;
}

/**
 * Lists the topics of a community, each a conversation of its own beside the community's.
 *
 * @returns what ended it; null: it is written down
 */
export async function findTopics(
  work: BackfillWork,
  backfill: { readonly backfillId: string; readonly since: number },
  groupId: string,
): Promise<PartEnd | null> {
  const gate = counted(work, backfill.backfillId, work.gates.topics);
  const answer = await getTopic(work.client, { groupId }, gate.enter);
  if (answer.kind !== 'answered') return endOf(null);
  const { errorCode } = answer;
  const gone = errorCode === 10010 || errorCode === 10015;
  // 10007: a community of the kind that has none.
  if (errorCode !== 0 && errorCode !== 10007 && !gone) return endOf(errorCode);
  const topics = answer.body.map((info): Found => ({
    groupId,
    topicId: info.topicId,
    type: 'Community',
    newest: info.nextMsgSeq === null ? null : info.nextMsgSeq - 1,
    lastMsgTime: info.lastMsgTime,
    errorCode: info.errorCode,
    topics: false,
  }));
  await inTransaction(work.db, async (trx) => {
    await addCalls(trx, backfill.backfillId, gate.calls());
    await writeFound({ ...work, db: trx }, backfill, errorCode === 0 ? topics : [], 0);
    await sql`update backfill_parts
                 set step = 'pages', state = ${gone ? 'done' : 'waiting'}, due_at = '-infinity',
                     note = ${gone ? note('gone') : null}
               where backfill_id = ${backfill.backfillId} and part = ${groupId} and step = 'topics'`.execute(trx);
    await reckon(trx, backfill.backfillId, [groupId]);
  });
  return null;
}

/** Writes what was found of conversations into their parts, with what it will take to read them. */
async function writeFound(
  { db, appId }: BackfillWork,
  { backfillId, since }: { readonly backfillId: string; readonly since: number },
  found: readonly Found[],
  calls: number,
): Promise<void> {
  const parts = found.map(({ groupId, topicId }) => partOf(groupId, topicId));
  await inTransaction(db, async (trx) => {
    const ids = await internConversations(
      trx,
      found.map(({ groupId, topicId, type }) => ({ appId, groupId, topicId, groupType: type })),
    );
    await addCalls(trx, backfillId, calls);
    const verdicts = found.map((one) => verdictOn(one, since));
    await sql`
      insert into backfill_parts as p (backfill_id, part, step, state, conversation_id, newest, note)
      select ${backfillId}, n.part, n.step, n.state, n.id, n.newest, n.note
        from unnest(${parts}::text[], ${found.map(({ topics }) => (topics ? 'topics' : 'pages'))}::text[],
                    ${verdicts.map(({ state }) => state)}::text[], ${ids}::bigint[],
                    ${found.map(({ newest }) => newest)}::bigint[], ${verdicts.map(({ note: why }) => why)}::text[])
          as n (part, step, state, id, newest, note)
       order by 2
      on conflict (backfill_id, part) do update
         set step = excluded.step, state = excluded.state, conversation_id = excluded.conversation_id,
             newest = excluded.newest, note = excluded.note, due_at = '-infinity'
       where p.step = 'type'`.execute(trx);
    await reckon(trx, backfillId, parts);
  });
}

function verdictOn(found: Found, since: number): { state: string; note: string | null } {
  const { errorCode, type, newest, lastMsgTime, topics } = found;
  if (errorCode === 10010 || errorCode === 10015) return { state: 'done', note: note('gone') };
  if (errorCode !== 0) return { state: 'failed', note: note('refused', errorCode) };
  if (isLive(type)) return { state: 'excluded', note: note('live') };
  if (topics) return { state: 'waiting', note: null };
  return verdictOnSequences(newest, lastMsgTime, since);
}

function verdictOnSequences(
  newest: number | null,
  lastMsgTime: number | null,
  since: number,
): { state: string; note: string | null } {
  if (newest === null) return { state: 'failed', note: note('newest_untold') };
  if (newest <= 0) return { state: 'done', note: note('no_message') };
  if (lastMsgTime !== null && lastMsgTime < since) return { state: 'done', note: note('nothing_since') };
  return { state: 'waiting', note: null };
}

/** How many sequences the index lacks, and the calls for them: at most, since what has expired is not asked for. */
async function reckon(db: Db, backfillId: string, parts: readonly string[]): Promise<void> {
  await sql`
    update backfill_parts p
       set missing = m.missing, calls_estimated = ceil(m.missing / ${messagesPerCall}::numeric),
           state = case when m.missing = 0 then 'done' else state end,
           note = case when m.missing = 0 then case when newest > 0 then ${note('nothing_missing')} else ${note('no_message')} end
                       else note end
      from (select part, sequences_in(int8multirange(int8range(1, newest + 1)) - coalesce(c.known, '{}')) as missing
              from backfill_parts left join coverage c using (conversation_id)
             where backfill_id = ${backfillId} and part = any(${parts}::text[]) and newest >= 0) m
     where p.backfill_id = ${backfillId} and p.part = m.part and p.step = 'pages' and p.state = 'waiting'`.execute(db);
}

async function addCalls(db: Db, backfillId: string, calls: number): Promise<void> {
  if (calls > 0) await sql`update backfills set calls = calls + ${calls} where id = ${backfillId}`.execute(db);
}
