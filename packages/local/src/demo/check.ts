import { messageKey, type StandIn } from '@chat-recall/simulator';
import type pg from 'pg';

/** One comparison of the database with the stand-in's own ledger. */
export interface Finding {
  readonly what: string;
  readonly database: number | string;
  readonly ledger: number | string;
  readonly agree: boolean;
}

interface OutcomeRow {
  group_id: string;
  topic_id: string;
  msg_seq: string;
  state: string;
  ret_code: number | null;
  attempts: number;
}

/**
 * Compares every sequence: what the tables say became of it with what the stand-in did. The calls are
 * counted by the stand-in, and computed from the plans as the sum of ceil(n / 10) over conversations.
 */
export async function compare(pool: pg.Pool, standIn: StandIn): Promise<Finding[]> {
  const { rows: outcomes } = await pool.query<OutcomeRow>(
    `select c.group_id, c.topic_id, o.msg_seq, o.state::text, o.ret_code, o.attempts
       from outcomes o join conversations c using (conversation_id) where o.attempts > 0`,
  );
  const told = new Map<string, number>();
  for (const call of standIn.ledger.calls({ command: 'group_msg_recall' })) {
    for (const { MsgSeq, RetCode } of call.retCodes)
      told.set(messageKey(call.topicId ?? call.groupId ?? '', MsgSeq), RetCode);
  }
  // Two recalls may have called the same sequence, when the first one could not recall it.
  const called = new Set(outcomes.map(keyOf));
  const same = outcomes.every((row) => told.get(keyOf(row)) === row.ret_code);
  const recalled = new Set(outcomes.filter(({ state }) => state === 'recalled').map(keyOf));
  const byLedger = standIn.ledger.recalled();
  const both = [...recalled].filter((key) => byLedger.has(key)).length;
  const { rows: planned } = await pool.query<{ calls: string }>(
    `select sum(ceil(n / 10.0))::bigint as calls from (
       select count(*) as n from outcomes where attempts > 0 group by recall_id, conversation_id) per`,
  );
  const calls = standIn.ledger.count('group_msg_recall');
  const fastest = standIn.ledger.maxCallsInAnySlidingSecond('group_msg_recall');
  const { rows: confirmed } = await pool.query<{ n: string }>(
    'select count(*) as n from recall_marks where recall_id is not null and callback_at is not null',
  );
  return [
    {
      what: 'sequences called, with the code told',
      database: called.size,
      ledger: told.size,
      agree: same && called.size === told.size,
    },
    {
      what: 'recalled',
      database: recalled.size,
      ledger: byLedger.size,
      agree: both === recalled.size && both === byLedger.size,
    },
    {
      what: 'recalled, confirmed by its recall callback',
      database: Number(confirmed[0]?.n),
      ledger: byLedger.size,
      agree: Number(confirmed[0]?.n) === byLedger.size,
    },
    {
      what: 'calls = Σ ⌈n / 10⌉',
      database: Number(planned[0]?.calls),
      ledger: calls,
      agree: Number(planned[0]?.calls) === calls,
    },
    { what: 'most calls in any sliding second (limit 200)', database: '–', ledger: fastest, agree: fastest <= 200 },
  ];
}

function keyOf(row: Pick<OutcomeRow, 'group_id' | 'topic_id' | 'msg_seq'>): string {
  return messageKey(row.topic_id === '' ? row.group_id : row.topic_id, Number(row.msg_seq));
}
