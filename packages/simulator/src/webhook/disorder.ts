import { randomInteger, type Random } from '../random.ts';

/** How far the delivery is from once and in order; all default to 0. */
export interface Disorder {
  /** Share of callbacks that are lost, 0 to 1. */
  readonly drop?: number;
  /** Share of callbacks that come twice, 0 to 1. */
  readonly duplicate?: number;
  /** Callbacks that are held back at once, so that a later one can overtake them. */
  readonly reorderWindow?: number;
}

/** How often one callback is delivered: 0, 1 or 2 times. */
export function drawCopies(random: Random, { drop = 0, duplicate = 0 }: Disorder): 0 | 1 | 2 {
  const lot = random();
  if (lot < drop) return 0;
  return lot < drop + duplicate ? 2 : 1;
}

/** The same items in an order that depends on the random source alone: out of `window` held items any one comes next. */
export async function* reordered<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  window: number,
  random: Random,
): AsyncGenerator<Item> {
  const held: Item[] = [];
  const release = (): Item => {
    const index = randomInteger(random, 0, held.length - 1);
    const item = held[index] as Item;
    // The last one fills the gap: removing stays cheap, and the order is random anyway.
    held[index] = held.at(-1) as Item;
    held.pop();
    return item;
  };
  for await (const item of items) {
    held.push(item);
    if (held.length > window) yield release();
  }
  while (held.length > 0) yield release();
}
