import { randomInteger, type Random } from '../random.ts';
import type { Answer } from '../rest/answer.ts';
import { elements } from '../samples/elements.ts';
import { oneOf } from './bend-list.ts';

export type HistoryBend =
  | 'list-as-object'
  | 'other-name'
  | 'hole'
  | 'repeat'
  | 'short'
  | 'no-sequence'
  | 'large-random';

/** An answer of `group_msg_get_simple`, wrong in one way; refusals stay as they are. */
export function bendHistory(kind: HistoryBend, answer: Answer, random: Random, sequence: number | undefined): Answer {
  const { RspMsgList: list, ...others } = answer as Answer & { RspMsgList?: { MsgSeq: number }[] };
  if (!list) return answer;
  const one = oneOf(list, random, sequence);
  const withList = (changed: unknown): Answer => ({ ...others, RspMsgList: changed });
  switch (kind) {
    case 'list-as-object':
      return withList(Object.fromEntries(list.entries()));
    case 'other-name':
      return { ...others, MsgList: list };
    case 'hole':
      return withList(list.map((item) => (item === one ? { ...item, IsPlaceMsg: 1, MsgBody: [] } : item)));
    case 'repeat': {
      if (!one) return answer;
      const repeated = { ...one, MsgBody: [elements.text('listed twice')] };
      return withList(list.toSpliced(randomInteger(random, list.indexOf(one) + 1, list.length), 0, repeated));
    }
    case 'short':
      return { ...others, RspMsgList: list.slice(0, Math.ceil(list.length / 2)), IsFinished: 0 };
    case 'no-sequence':
      return withList(
        list.flatMap<unknown>((item) =>
          item === one
            ? [
                { ...item, MsgSeq: undefined },
                { ...item, MsgSeq: String(item.MsgSeq) },
              ]
            : [item],
        ),
      );
    case 'large-random':
      return withList(list.map((item, index) => ({ ...item, MsgRandom: 2 ** 32 + index })));
  }
}
