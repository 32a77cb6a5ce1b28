import type { RetCode } from '../ledger.ts';
import { randomInteger, shuffled, type Random } from '../random.ts';

/** The list in another order; one with a single item stays as it is. */
export function shuffleRetList(list: readonly RetCode[], random: Random): RetCode[] {
  const result = shuffled(random, list);
  const unchanged = result.every((item, index) => item === list[index]);
  return unchanged ? result.reverse() : result;
}

/** The list without the given sequence, or without any one. */
export function leaveOneOut(list: readonly RetCode[], random: Random, sequence: number | undefined): RetCode[] {
  const any = list[randomInteger(random, 0, list.length - 1)];
  return list.filter((item) => (sequence === undefined ? item !== any : item.MsgSeq !== sequence));
}

/** The list with an item that was never asked for, at a random place. */
export function addSurplus(list: readonly RetCode[], random: Random): RetCode[] {
  const surplus = { MsgSeq: Math.max(...list.map((item) => item.MsgSeq)) + 1, RetCode: 0 };
  return list.toSpliced(randomInteger(random, 0, list.length), 0, surplus);
}
