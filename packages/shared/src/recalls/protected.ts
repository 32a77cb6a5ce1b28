import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { internConversations } from '../messages/index.ts';

/** A sender whom no recall touches. */
export interface ProtectedSender {
  readonly sender: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** A message that no recall takes back. */
export interface ProtectedMessage {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeq: number;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: string;
}

/** Names a message by where it stands. */
export type MessageKey = Pick<ProtectedMessage, 'groupId' | 'topicId' | 'msgSeq'>;

/** The newest first. */
export async function listProtectedSenders(db: Db, appId: number): Promise<ProtectedSender[]> {
  const rows = await db
    .selectFrom('protected_senders')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('created_at', 'desc')
    .orderBy('sender')
    .execute();
  return rows.map(({ sender, reason, created_by: createdBy, created_at: at }) => ({
    sender,
    reason,
    createdBy,
    createdAt: at.toISOString(),
  }));
}

/** Protects a sender from now on, also from plans that are frozen already; again: with the new reason. */
export async function protectSender(
  db: Db,
  appId: number,
  given: Pick<ProtectedSender, 'sender' | 'reason' | 'createdBy'>,
): Promise<ProtectedSender> {
  const { rows } = await sql<{ created_at: Date }>`
    insert into protected_senders (app_id, sender, reason, created_by)
    values (${appId}, ${given.sender}, ${given.reason}, ${given.createdBy})
    on conflict (app_id, sender) do update
       set reason = excluded.reason, created_by = excluded.created_by, created_at = now()
    returning created_at`.execute(db);
  return { ...given, createdAt: createdAt(rows) };
}

/** @returns false when the sender was not protected */
export async function unprotectSender(db: Db, appId: number, sender: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('protected_senders')
    .where('app_id', '=', appId)
    .where('sender', '=', sender)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** The newest first. */
export async function listProtectedMessages(db: Db, appId: number): Promise<ProtectedMessage[]> {
  const { rows } = await sql<Omit<ProtectedMessage, 'createdAt'> & { at: Date }>`
    select c.group_id as "groupId", nullif(c.topic_id, '') as "topicId", p.msg_seq as "msgSeq", p.reason,
           p.created_by as "createdBy", p.created_at as at
      from protected_messages p join conversations c using (conversation_id)
     where c.app_id = ${appId}
     order by p.created_at desc, c.group_id, c.topic_id, p.msg_seq`.execute(db);
  return rows.map(({ at, ...message }) => ({ ...message, createdAt: at.toISOString() }));
}

/** Protects a message, which the index need not have seen; again: with the new reason. */
export async function protectMessage(
  db: Db,
  appId: number,
  given: MessageKey & Pick<ProtectedMessage, 'reason' | 'createdBy'>,
): Promise<ProtectedMessage> {
  const { groupId, topicId, msgSeq, reason, createdBy } = given;
  const [conversationId] = await internConversations(db, [{ appId, groupId, topicId: topicId ?? '', groupType: '' }]);
  const { rows } = await sql<{ created_at: Date }>`
    insert into protected_messages (conversation_id, msg_seq, reason, created_by)
    values (${conversationId}, ${msgSeq}, ${reason}, ${createdBy})
    on conflict (conversation_id, msg_seq) do update
       set reason = excluded.reason, created_by = excluded.created_by, created_at = now()
    returning created_at`.execute(db);
  return { ...given, createdAt: createdAt(rows) };
}

/** @returns false when the message was not protected */
export async function unprotectMessage(
  db: Db,
  appId: number,
  { groupId, topicId, msgSeq }: MessageKey,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from protected_messages p using conversations c
     where c.conversation_id = p.conversation_id and c.app_id = ${appId} and c.group_id = ${groupId}
       and c.topic_id = ${topicId ?? ''} and p.msg_seq = ${msgSeq}`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

function createdAt(rows: readonly { created_at: Date }[]): string {
  return (rows[0]?.created_at ?? new Date()).toISOString();
}
