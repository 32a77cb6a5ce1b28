import { sql } from 'kysely';
import type { Db, RecallState } from '../db/index.ts';

/** What is known of one sender. */
export interface SenderProfile {
  readonly sender: string;
  readonly messages: number;
  readonly firstAt: string | null;
  readonly lastAt: string | null;
  readonly overTime: readonly { from: string; to: string; messages: number }[];
  readonly groups: readonly { groupId: string; topicId: string | null; messages: number }[];
  readonly recalls: readonly { id: string; state: RecallState; reason: string; createdAt: string; messages: number }[];
  readonly protected: { readonly reason: string } | null;
}

const steps = 48;
const topRows = 20;

/** A sender's volume over time, groups and recalls, over all that the index holds. */
export async function readSender(db: Db, appId: number, sender: string): Promise<SenderProfile> {
  const mine = sql`from messages where app_id = ${appId} and sender = ${sender}`;
  const { rows: ends } = await sql<{ messages: number; first: Date | null; last: Date | null }>`
    select count(*) as messages, min(msg_time) as first, max(msg_time) as last ${mine}`.execute(db);
  const { messages = 0, first = null, last = null } = ends[0] ?? {};
  const seconds =
    first === null || last === null
      ? 60
      : Math.max(60, Math.ceil((last.getTime() - first.getTime() + 1_000) / 1_000 / steps));
  const { rows: counted } = await sql<{ step: number; messages: number }>`
    select floor(extract(epoch from msg_time - ${first}::timestamptz) / ${seconds})::int as step, count(*) as messages ${mine}
     group by 1 order by 1`.execute(db);
  const { rows: groups } = await sql<SenderProfile['groups'][number]>`
    select c.group_id as "groupId", nullif(c.topic_id, '') as "topicId", g.messages
      from (select conversation_id, count(*) as messages ${mine} group by 1 order by 2 desc, 1 limit ${topRows}) g
      join conversations c using (conversation_id) order by g.messages desc, 1, 2`.execute(db);
  const { rows: recalls } = await sql<{
    id: string;
    state: RecallState;
    reason: string;
    created_at: Date;
    messages: number;
  }>`
    select r.id, r.state, r.reason, r.created_at,
           (select count(*) from outcomes o where o.recall_id = r.id and o.sender = ${sender}) as messages
      from recalls r
     where r.app_id = ${appId} and r.selector->'senders' ? ${sender}
     order by r.created_at desc limit ${topRows}`.execute(db);
  const { rows: guarded } = await sql<{ reason: string }>`
    select reason from protected_senders where app_id = ${appId} and sender = ${sender}`.execute(db);
  return {
    sender,
    messages,
    firstAt: first?.toISOString() ?? null,
    lastAt: last?.toISOString() ?? null,
    overTime: first === null ? [] : everyStep(first.getTime(), seconds, counted),
    groups,
    recalls: recalls.map(({ created_at: createdAt, ...recall }) => ({ ...recall, createdAt: createdAt.toISOString() })),
    protected: guarded[0] ?? null,
  };
}

/** Later times have years of five digits, which ISO 8601 does not write as other times. */
const lastWritableMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Steps without a message are there, too. */
function everyStep(
  firstMs: number,
  seconds: number,
  counted: readonly { step: number; messages: number }[],
): { from: string; to: string; messages: number }[] {
  const bySteps = new Map(counted.map(({ step, messages }) => [step, messages]));
  const last = counted.at(-1)?.step ?? 0;
  const timeOf = (step: number): string =>
    new Date(Math.min(firstMs + step * seconds * 1_000, lastWritableMs)).toISOString();
  return Array.from({ length: last + 1 }, (_, step) => ({
    from: timeOf(step),
    to: timeOf(step + 1),
    messages: bySteps.get(step) ?? 0,
  }));
}
