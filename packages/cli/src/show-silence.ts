import type { Health } from '@chat-recall/client';
import { span } from './spans.ts';
import type { Words } from './words/words.ts';

/** The alarm that groups speak and no callback comes; null: there is none. */
export function showSilence({ at, silence }: Pick<Health, 'at' | 'silence'>, words: Words): string | null {
  if (silence === null) return null;
  const ago = (time: string): string => span((Date.parse(at) - Date.parse(time)) / 1_000);
  return words.health.silent(ago(silence.activeAt), silence.lastCallbackAt === null ? '' : ago(silence.lastCallbackAt));
}
