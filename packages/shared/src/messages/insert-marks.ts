import type { Pool, Queries } from '../db/index.ts';
import { int8Array, textArray, timestampArray } from './array-parameters.ts';

/** That the platform told of a recalled message (`Group.CallbackAfterRecallMsg`, intl 46979). */
export interface NewMark {
  readonly conversationId: number;
  readonly msgSeq: number;
  /** Unix milliseconds: the callback's `EventTime`, else its receipt. */
  readonly recalledAt: number;
  /** `Operator_Account`; null: not told. */
  readonly operator: string | null;
}

/**
 * Notes recalled messages in one statement. Whatever the order and however often they are told, the
 * same rows result: the earliest time stays, with its operator; what the worker wrote is not touched.
 */
export async function insertMarks(pool: Pool, marks: readonly NewMark[]): Promise<void> {
  if (marks.length === 0) return;
  const distinct = earliest(marks);
  await pool.query({
    name: 'insert_marks',
    text: `insert into recall_marks as m (conversation_id, msg_seq, recalled_at, operator, callback_at)
           select n.conversation_id, n.msg_seq, n.recalled_at, n.operator, n.recalled_at
             from unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[])
               as n (conversation_id, msg_seq, recalled_at, operator)
            order by n.conversation_id, n.msg_seq
           on conflict (conversation_id, msg_seq) do update
             -- When history alone told of it, its time is that of the asking.
             set recalled_at = case when m.callback_at is null and m.answered_at is null then excluded.recalled_at
                                    else least(m.recalled_at, excluded.recalled_at) end,
                 operator = coalesce(excluded.operator, m.operator),
                 callback_at = least(m.callback_at, excluded.callback_at)
           where m.callback_at is null or excluded.callback_at < m.callback_at
              or (m.operator is null and excluded.operator is not null)`,
    values: [
      int8Array(distinct, (mark) => mark.conversationId),
      int8Array(distinct, (mark) => mark.msgSeq),
      timestampArray(distinct, (mark) => mark.recalledAt),
      textArray(distinct, (mark) => mark.operator),
    ],
  });
}

/** One mark for each message: a statement may not touch a row twice. */
function earliest(marks: readonly NewMark[]): NewMark[] {
  const byKey = new Map<string, NewMark>();
  for (const mark of marks) {
    const key = `${mark.conversationId}:${mark.msgSeq}`;
    const other = byKey.get(key);
    if (other === undefined) byKey.set(key, mark);
    else {
      const [first, later] = mark.recalledAt < other.recalledAt ? [mark, other] : [other, mark];
      byKey.set(key, first.operator === null ? { ...first, operator: later.operator } : first);
    }
  }
  return [...byKey.values()];
}

/**
 * Notes messages that history shows as recalled. By whom and when is not told there: the callback's word
 * stands where there is one.
 *
 * @param at Unix milliseconds, when history was asked
 */
export async function insertVerified(
  pool: Queries,
  messages: readonly { readonly conversationId: number; readonly msgSeq: number }[],
  at: number,
): Promise<void> {
  if (messages.length === 0) return;
  await pool.query({
    name: 'insert_verified',
    text: `insert into recall_marks as m (conversation_id, msg_seq, recalled_at, verified_at)
           select distinct n.conversation_id, n.msg_seq, $3::timestamptz, $3::timestamptz
             from unnest($1::bigint[], $2::bigint[]) as n (conversation_id, msg_seq)
            order by n.conversation_id, n.msg_seq
           on conflict (conversation_id, msg_seq) do update
             set verified_at = least(m.verified_at, excluded.verified_at),
                 recalled_at = case when m.callback_at is null and m.answered_at is null
                                    then least(m.recalled_at, excluded.recalled_at) else m.recalled_at end
           where m.verified_at is null or excluded.verified_at < m.verified_at`,
    values: [
      int8Array(messages, ({ conversationId }) => conversationId),
      int8Array(messages, ({ msgSeq }) => msgSeq),
      new Date(at),
    ],
  });
}
