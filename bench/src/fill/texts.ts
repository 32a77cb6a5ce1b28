import type { Random } from '@chat-recall/simulator';
import type { Vocabulary } from './vocabulary.ts';
import { zipf } from './zipf.ts';

/** A word or phrase put into a share of all texts. */
export interface Planted {
  readonly text: string;
  /** 0 to 1. */
  readonly share: number;
}

const chineseShare = 0.6;
/** A message has a few words, seldom many. */
const shortestWords = 1;
const longestWords = 24;

/** Texts of chat messages: 60 % Chinese, the others English; words by Zipf's law. */
export function textMaker(random: Random, vocabulary: Vocabulary, planted: readonly Planted[]): () => string {
  const chineseRank = zipf(random, vocabulary.chinese.length);
  const englishRank = zipf(random, vocabulary.english.length);
  return () => {
    // The square makes short ones frequent: half have fewer than seven words.
    const words = shortestWords + Math.floor(random() ** 2 * longestWords);
    const isChinese = random() < chineseShare;
    let text = isChinese ? '' : capitalised(vocabulary.english[englishRank()] ?? '');
    for (let n = isChinese ? 0 : 1; n < words; n += 1) {
      text += isChinese
        ? `${n > 0 && n % 6 === 0 ? '，' : ''}${vocabulary.chinese[chineseRank()]}`
        : ` ${vocabulary.english[englishRank()]}`;
    }
    for (const { text: word, share } of planted) if (random() < share) text += isChinese ? `，${word}` : ` ${word}`;
    return text;
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
