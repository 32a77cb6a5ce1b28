import type { RecallRequest, Selector } from '@chat-recall/client/types';
import { toIso } from '../text/local-time.ts';
import type { Words } from '../words/index.ts';
import type { Draft, SelectorDraft } from './draft.ts';
import { readSequences } from './sequences.ts';

export type SelectorFaults = Partial<Record<keyof SelectorDraft | 'form', string>>;
export type DraftFaults = Partial<Record<keyof Draft | 'form', string>>;

/** The lines of a list, without what is blank around and between them. */
export function linesOf(text: string): string[] {
  return [...new Set(text.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
}

/** What a draft asks for, or what is wrong with it: the API judges again, but its words are English. */
export function requestOf(draft: Draft, words: Words): { request: RecallRequest } | { faults: DraftFaults } {
  const faults: DraftFaults = {};
  const selector = readSelector(draft, faults, words);
  judgeReason(draft.reason, faults, words);
  const canaryMessages = draft.canary ? wholeOf(draft.canaryMessages, 'canaryMessages', faults, words) : undefined;
  const share = Number(draft.canaryShare);
  if (draft.canary && (draft.canaryShare.trim() === '' || !(share >= 0 && share <= 100))) {
    faults.canaryShare = words.faults.badShare;
  }
  if (Object.keys(faults).length > 0) return { faults };
  return {
    request: {
      selector,
      reason: draft.reason,
      mode: 'plan',
      priority: draft.priority,
      ...(canaryMessages !== undefined && { canary: { messages: canaryMessages, maxFailedShare: share / 100 } }),
      ...(draft.follow !== '0' && { followSeconds: Number(draft.follow) }),
      ...(draft.verifySenders && { verifySenders: true }),
      ...(draft.refresh && { refresh: true }),
    },
  };
}

/** The selector of a draft; what is wrong with it is added to `faults`. */
export function readSelector(draft: SelectorDraft, faults: SelectorFaults, words: Words): Selector {
  const { messages, badLines } = readSequences(draft.sequences);
  if (badLines[0] !== undefined) faults.sequences = words.faults.badSequence(badLines[0]);
  const from = timeOf(draft.from, 'from', faults, words);
  const to = timeOf(draft.to, 'to', faults, words);
  if (from !== undefined && to !== undefined && from >= to) faults.to = words.faults.order;
  const limit = wholeOf(draft.limit, 'limit', faults, words);
  const senders = linesOf(draft.senders);
  const keywords = linesOf(draft.keywords);
  const groupIds = linesOf(draft.groupIds);
  const topicIds = linesOf(draft.topicIds);
  const excludeSenders = linesOf(draft.excludeSenders);
  const selects =
    senders.length + keywords.length + messages.length > 0 ||
    draft.sameTextAs !== null ||
    (from !== undefined && to !== undefined);
  if (!selects) faults.form = words.faults.selectsNothing;
  return {
    ...(senders.length > 0 && { senders }),
    ...(keywords.length > 0 && { keywords }),
    ...(groupIds.length > 0 && { groupIds }),
    ...(topicIds.length > 0 && { topicIds }),
    ...(excludeSenders.length > 0 && { excludeSenders }),
    ...(from !== undefined && { sentFrom: from }),
    ...(to !== undefined && { sentTo: to }),
    ...(messages.length > 0 && { messages }),
    ...(draft.sameTextAs !== null && { sameTextAs: draft.sameTextAs }),
    ...(limit !== undefined && { limit }),
  };
}

export function judgeReason(reason: string, faults: { reason?: string }, words: Words): void {
  if (reason.trim() === '') faults.reason = words.faults.blank;
  else if (reason.length > 500) faults.reason = words.faults.fewer(500);
}

function timeOf(local: string, field: 'from' | 'to', faults: SelectorFaults, words: Words): string | undefined {
  if (local === '') return undefined;
  const iso = toIso(local);
  if (iso === null) faults[field] = words.faults.badTime;
  return iso ?? undefined;
}

function wholeOf(
  text: string,
  field: 'limit' | 'canaryMessages',
  faults: DraftFaults,
  words: Words,
): number | undefined {
  if (text.trim() === '' && field === 'limit') return undefined;
  const value = Number(text);
  if (!/^\d+$/u.test(text.trim()) || value < 1 || !Number.isSafeInteger(value)) faults[field] = words.faults.badNumber;
  return value;
}
