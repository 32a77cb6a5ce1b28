import { recallMessages } from '../world/recall-messages.ts';
import { fail, succeed } from './answer.ts';
import type { Body, Command } from './command.ts';
import { isRecord, isRefusal, namedConversation, wholeNumber } from './fields.ts';

const mostSequences = 10;

/** `group_msg_recall` (intl 34965, cn 12341): up to 10 sequences of one conversation; the envelope is OK though all failed. */
export const groupMsgRecall: Command = (body, context) => {
  const msgSeqs = readMsgSeqList(body);
  if (!msgSeqs) return fail(10004, `MsgSeqList must hold 1 to ${mostSequences} items {MsgSeq: Integer}`);
  if (body.Reason !== undefined && typeof body.Reason !== 'string') return fail(10004, 'Reason must be a string');
  const conversation = namedConversation(context.world, body);
  if (isRefusal(conversation)) return conversation;
  if (!context.rules.recallEnabled) return fail(10041);
  const { identifier, rules, now, forced } = context;
  const result = recallMessages(conversation, msgSeqs, identifier, rules, now, forced);
  context.recalled(result.recalled);
  if (result.callback && rules.echoRecalls) context.notify(result.callback);
  return succeed({ RecallRetList: result.retCodes.map(({ msgSeq, code }) => ({ MsgSeq: msgSeq, RetCode: code })) });
};

/** The sequences of `MsgSeqList`, in their order; undefined when the list is malformed, empty or too long. */
function readMsgSeqList(body: Body): number[] | undefined {
  const list = namedSequences(body);
  const fits = list.length >= 1 && list.length <= mostSequences;
  const msgSeqs = list.map((seq) => wholeNumber(seq, 1, Number.MAX_SAFE_INTEGER));
  return fits && msgSeqs.every((seq) => seq !== undefined) ? msgSeqs : undefined;
}

/** Whatever stands in `MsgSeqList`, item by item, unchecked. */
function namedSequences(body: Body): unknown[] {
  const { MsgSeqList: list } = body;
  return Array.isArray(list) ? list.map((item: unknown) => (isRecord(item) ? item.MsgSeq : undefined)) : [];
}

/** The sequences that a call names, for ledger and faults: what is no number is left out. */
export function sequencesOf(body: Body): number[] {
  return namedSequences(body).filter((seq) => typeof seq === 'number');
}
