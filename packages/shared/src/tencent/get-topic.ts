import { z } from 'zod';
import type { CallResult, Gate, TencentClient } from './client.ts';
import { isRecord, recordsOf, secondsToMs, wholeNumber } from './lenient.ts';

export interface TopicInfo {
  readonly topicId: string;
  /** Of this topic; the envelope says nothing about it. */
  readonly errorCode: number;
  /** The sequence that the topic's next message will have; null where it was not told. */
  readonly nextMsgSeq: number | null;
  /** Unix ms; null when there is no message, or where it was not told. */
  readonly lastMsgTime: number | null;
}

const answer = z.looseObject({ TopicAndSelfInfo: z.unknown().optional() });

/** Topics of a community, all of them without `topicIds` (intl 49469, 200 calls/s). 10007 for groups that have none. */
export async function getTopic(
  client: TencentClient,
  call: { groupId: string; topicIds?: readonly string[] | undefined },
  gate: Gate,
): Promise<CallResult<readonly TopicInfo[]>> {
  const body = { GroupId: call.groupId, ...(call.topicIds === undefined ? {} : { TopicIdList: call.topicIds }) };
  const result = await client.post('million_group_open_http_svc/get_topic', body, answer, gate);
  if (result.kind !== 'answered') return result;
  const asked = call.topicIds && new Set(call.topicIds);
  const topics = new Map<string, TopicInfo>();
  for (const record of recordsOf(result.body.TopicAndSelfInfo, (item) => 'TopicInfo' in item)) {
    const info = isRecord(record.TopicInfo) ? record.TopicInfo : {};
    const { TopicId: topicId } = info;
    if (typeof topicId !== 'string' || topics.has(topicId) || asked?.has(topicId) === false) continue;
    topics.set(topicId, {
      topicId,
      errorCode: wholeNumber(record.ErrorCode, Number.MIN_SAFE_INTEGER) ?? 0,
      nextMsgSeq: wholeNumber(info.NextMsgSeq, 0) ?? null,
      lastMsgTime: secondsToMs(info.LastMsgTime) ?? null,
    });
  }
  return { ...result, body: [...topics.values()] };
}
