import { pick, randomInteger, type Random } from '../random.ts';
import { chineseCharacters, chineseSpam, chineseWords, englishSpam, englishSyllables, englishWords } from './words.ts';

/** Shares from 0 to 1. */
export interface TextMix {
  /** Share of Chinese texts; default 0.6. */
  readonly chinese?: number;
  /** Share of texts that carry a spam phrase; default 0.02. */
  readonly spam?: number;
}

/**
 * One chat line. Word frequencies fall like Zipf's law, with a long tail of rare words, so that an index over many of
 * these lines behaves as over real ones. The same seed gives the same lines.
 */
export function sampleText(random: Random, mix: TextMix = {}): string {
  const chinese = random() < (mix.chinese ?? 0.6);
  const spam = random() < (mix.spam ?? 0.02);
  const length = 2 + Math.floor(14 * random() ** 2);
  const words = Array.from({ length }, () => (chinese ? chineseWord(random) : englishWord(random)));
  if (spam) words.splice(randomInteger(random, 0, length), 0, pick(random, chinese ? chineseSpam : englishSpam));
  return words.join(chinese ? '' : ' ');
}

// One word in five comes from the tail: 10,000 to 17,000 further words.
const tailShare = 0.2;
const chineseRanks = zipfRanks(chineseWords.length);
const englishRanks = zipfRanks(englishWords.length);

function chineseWord(random: Random): string {
  if (random() < tailShare) return pick(random, chineseCharacters) + pick(random, chineseCharacters);
  return chineseWords[rank(random, chineseRanks)] ?? '';
}

function englishWord(random: Random): string {
  if (random() < tailShare) {
    return pick(random, englishSyllables) + pick(random, englishSyllables) + pick(random, englishSyllables);
  }
  return englishWords[rank(random, englishRanks)] ?? '';
}

/** Cumulative weights of 1/1, 1/2, 1/3 …, scaled so that the last one is 1. */
function zipfRanks(count: number): Float64Array {
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let index = 0; index < count; index += 1) cumulative[index] = sum += 1 / (index + 1);
  return cumulative.map((weight) => weight / sum);
}

function rank(random: Random, cumulative: Float64Array): number {
  const wanted = random();
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cumulative[middle] ?? 1) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
