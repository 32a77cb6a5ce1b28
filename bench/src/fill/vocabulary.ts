import type { Random } from '@chat-recall/simulator';
import { zipf } from './zipf.ts';

/** Characters that Chinese words are made of: as many as a newspaper needs. */
const hanzi = 2_500;
const firstHanzi = 0x4e00;
/** How many characters a word has, by tenths: two, mostly. */
const chineseLengths = [2, 2, 2, 2, 2, 2, 2, 3, 3, 4] as const;
const consonants = ['b', 'c', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'w', 'st', 'tr', 'ch'];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou'];

/** Words by rank, the most frequent one first; all different. */
export interface Vocabulary {
  readonly chinese: readonly string[];
  readonly english: readonly string[];
}

export function makeVocabulary(random: Random, words: { chinese: number; english: number }): Vocabulary {
  const character = zipf(random, hanzi, 0.8);
  // Frequent characters are spread over the block, as they are in life.
  const order = Array.from({ length: hanzi }, (_, at) => firstHanzi + ((at * 7_919) % 20_000));
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const chinese = distinct(words.chinese, () =>
    String.fromCharCode(...Array.from({ length: pick(chineseLengths) }, () => order[character()] ?? firstHanzi)),
  );
  const english = distinct(words.english, () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(consonants) + pick(vowels))
      .join('')
      .concat(random() < 0.5 ? pick(consonants) : ''),
  );
  return { chinese, english };
}

function distinct(n: number, make: () => string): string[] {
  const words = new Set<string>();
  while (words.size < n) words.add(make());
  return [...words];
}
