import { randomInteger, shuffled, type Random } from '../random.ts';

type Item = { readonly MsgSeq: number };

/** The list in another order; one with a single item stays as it is. */
export function shuffleList(list: readonly Item[], random: Random): Item[] {
  const result = shuffled(random, list);
  const unchanged = result.every((item, index) => item === list[index]);
  return unchanged ? result.reverse() : result;
}

/** The item with the given sequence, or any one. */
export function oneOf(list: readonly Item[], random: Random, sequence: number | undefined): Item | undefined {
  const any = list[randomInteger(random, 0, list.length - 1)];
  return sequence === undefined ? any : list.find((item) => item.MsgSeq === sequence);
}

export function leaveOneOut(list: readonly Item[], random: Random, sequence: number | undefined): Item[] {
  const one = oneOf(list, random, sequence);
  return list.filter((item) => item !== one);
}

/**
 * The list with an item that was never asked for, at a random place: in a list of RetCodes the next sequence with code
 * 0, in a history a copy of the newest message so far above that no page asks for it.
 */
export function addSurplus(list: readonly Item[], random: Random): Item[] {
  const newest = Math.max(0, ...list.map((item) => item.MsgSeq));
  const [first] = list;
  const surplus =
    first && 'MsgBody' in first ? { ...first, MsgSeq: newest + 1000 } : { MsgSeq: newest + 1, RetCode: 0 };
  return list.toSpliced(randomInteger(random, 0, list.length), 0, surplus);
}
