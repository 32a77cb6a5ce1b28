import { z } from 'zod';
import type { CallResult, Gate, TencentClient } from './client.ts';

/** Sequences that one call takes at most (intl 34965). */
export const sequencesPerCall = 10;

/**
 * A call that waits longer for a connection is not made, ms: its recall may have been cancelled since, and many that
 * waited for the same would all leave at once.
 */
const leavesWithinMs = 750;

const answer = z.looseObject({
  RecallRetList: z
    .array(z.looseObject({ MsgSeq: z.unknown(), RetCode: z.unknown() }))
    .optional()
    .catch(undefined),
});

/** The codes told for the sequences asked: shuffled, missing and surplus items are all possible. */
export type RecallAnswer = CallResult<ReadonlyMap<number, number>>;

/**
 * Recalls up to ten sequences of one conversation (intl 34965, cn 12341). Irrevocable. The envelope
 * says OK even when every item failed: read each code. A sequence without a code is not in the map.
 */
export async function groupMsgRecall(
  client: TencentClient,
  call: { groupId: string; topicId: string; msgSeqs: readonly number[]; reason?: string | undefined },
  gate: Gate,
): Promise<RecallAnswer> {
  const body = {
    GroupId: call.groupId,
    MsgSeqList: call.msgSeqs.map((MsgSeq) => ({ MsgSeq })),
    ...(call.topicId === '' ? {} : { TopicId: call.topicId }),
    ...(call.reason === undefined ? {} : { Reason: call.reason }),
  };
  const result = await client.post('group_open_http_svc/group_msg_recall', body, answer, gate, {
    leavesWithinMs,
  });
  if (result.kind !== 'answered') return result;
  const asked = new Set(call.msgSeqs);
  const codes = new Map<number, number>();
  for (const { MsgSeq: seq, RetCode: code } of result.body.RecallRetList ?? []) {
    if (typeof seq === 'number' && asked.has(seq) && Number.isInteger(code)) codes.set(seq, code as number);
  }
  return { ...result, body: codes };
}
