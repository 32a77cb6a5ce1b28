import { z } from 'zod';
import type { CallResult, Gate, TencentClient } from './client.ts';
import { isRecord, recordsOf, secondsToMs, wholeNumber } from './lenient.ts';

/** Messages that one call gives at most (intl 34971). */
export const messagesPerCall = 20;

/** `placeholder`: deleted, expired or never stored. */
export type HistoryItemKind = 'message' | 'recalled' | 'placeholder' | 'system';

export interface HistoryItem {
  readonly msgSeq: number;
  readonly kind: HistoryItemKind;
  /** Empty where it was not told. */
  readonly sender: string;
  /** Unix ms; 0 where it was not told. */
  readonly msgTime: number;
  /** `MsgBody` as it came: an array by the documents, an object for system messages as seen in the wild. */
  readonly body: unknown;
  readonly random?: number;
}

export interface HistoryPage {
  /** 1: the asked range is told in full. 0: it is not. 2: it is not, and all of it has expired. */
  readonly finished: 0 | 1 | 2;
  /** Newest first, each sequence once. */
  readonly items: readonly HistoryItem[];
  /** Items left out because they have no sequence, a malformed one, or one that was not asked for. */
  readonly leftOut: number;
}

const answer = z.looseObject({
  IsFinished: z.unknown().optional(),
  RspMsgList: z.unknown().optional(),
  MsgList: z.unknown().optional(),
});

/**
 * A page of a conversation's history, without `CloudCustomData` (intl 34971, cn 2738): `count` sequences, 20 at most,
 * down from `from`, inclusive; from the newest one without it. 200 calls/s. Not for AVChatRoom (10044).
 *
 * What lies outside the asked range is left out. An empty page therefore says nothing about what is below the range;
 * and where `finished` is not 1, the next page begins below the smallest sequence told, not `count` further down.
 */
export async function groupMsgGetSimple(
  client: TencentClient,
  call: { groupId: string; topicId: string; from?: number | undefined; count: number; withRecalled: boolean },
  gate: Gate,
): Promise<CallResult<HistoryPage>> {
  const body = {
    GroupId: call.groupId,
    ReqMsgNumber: call.count,
    ...(call.from === undefined ? {} : { ReqMsgSeq: call.from }),
    ...(call.withRecalled ? { WithRecalledMsg: 1 } : {}),
    ...(call.topicId === '' ? {} : { TopicId: call.topicId }),
  };
  const result = await client.post('group_open_http_svc/group_msg_get_simple', body, answer, gate);
  if (result.kind !== 'answered') return result;
  const { IsFinished: finished, RspMsgList, MsgList } = result.body;
  const list = RspMsgList ?? MsgList;
  const items = new Map<number, HistoryItem>();
  let leftOut = Array.isArray(list) ? list.filter((item) => !isRecord(item)).length : 0;
  for (const record of recordsOf(list, (item) => 'MsgSeq' in item)) {
    const msgSeq = wholeNumber(record.MsgSeq, 1);
    if (msgSeq === undefined || !isAsked(msgSeq, call)) leftOut++;
    else if (!items.has(msgSeq)) items.set(msgSeq, historyItem(msgSeq, record));
  }
  const newestFirst = [...items.values()].sort((a, b) => b.msgSeq - a.msgSeq);
  return {
    ...result,
    body: { finished: finished === 1 || finished === 2 ? finished : 0, items: newestFirst, leftOut },
  };
}

/** Without `from` there is no range to hold a sequence against. */
function isAsked(msgSeq: number, { from, count }: { from?: number | undefined; count: number }): boolean {
  return from === undefined || (msgSeq <= from && msgSeq > from - count);
}

function historyItem(msgSeq: number, record: Record<string, unknown>): HistoryItem {
  const random = wholeNumber(record.MsgRandom, 0);
  return {
    msgSeq,
    kind: kindOf(record),
    sender: typeof record.From_Account === 'string' ? record.From_Account : '',
    // The hourly files, and answers seen in the wild, write a small s.
    msgTime: secondsToMs(record.MsgTimeStamp) ?? secondsToMs(record.MsgTimestamp) ?? 0,
    body: record.MsgBody,
    ...(random === undefined ? {} : { random }),
  };
}

function kindOf({ IsPlaceMsg: place, IsSystemMsg: system }: Record<string, unknown>): HistoryItemKind {
  if (place === 2) return 'recalled';
  if (place !== undefined && place !== 0) return 'placeholder';
  return system === 1 ? 'system' : 'message';
}
