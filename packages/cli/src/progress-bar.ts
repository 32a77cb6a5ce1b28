import type { Recall } from '@chat-recall/client';
import { settledOf, showCounts } from './show-recall.ts';
import { span } from './spans.ts';
import type { Words } from './words/words.ts';

const cells = 24;

/** A line that tells how far a recall is; rate and rest are reckoned from the readings so far. */
export function createProgressBar(words: Words): (recall: Recall, nowMs: number) => string {
  let first: { settled: number; ms: number } | null = null;
  return (recall, nowMs) => {
    const { planned } = recall.counts;
    const settled = settledOf(recall);
    first ??= { settled, ms: nowMs };
    const seconds = (nowMs - first.ms) / 1_000;
    const perSecond = seconds < 1 ? 0 : (settled - first.settled) / seconds;
    const left = perSecond <= 0 || recall.state !== 'running' ? '' : span((planned - settled) / perSecond);
    const rate = perSecond <= 0 ? '' : perSecond.toFixed(perSecond < 10 ? 1 : 0);
    const full = planned === 0 ? 0 : Math.floor((settled / planned) * cells);
    const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
    const state = recall.state === 'running' ? '' : `  ${words.state[recall.state]}`;
    return `${bar} ${words.progress(settled, planned, rate, left)}  ${showCounts(recall, words)}${state}`;
  };
}
