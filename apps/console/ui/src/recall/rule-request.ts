import type { RuleRequest } from '@chat-recall/client/types';
import { toIso, toLocal } from '../text/local-time.ts';
import type { Words } from '../words/index.ts';
import { draftFrom, type SelectorDraft } from './draft.ts';
import { selectorFields } from './faults-of-answer.ts';
import { judgeReason, readSelector } from './request-of.ts';

/** What is typed into the form of a new rule. */
export interface RuleDraft extends SelectorDraft {
  readonly reason: string;
  readonly name: string;
  readonly dailyCap: string;
  readonly expiresAt: string;
}

export type RuleFaults = Partial<Record<keyof RuleDraft | 'form', string>>;

export const ruleFields = {
  ...selectorFields,
  reason: 'reason',
  name: 'name',
  dailyCap: 'dailyCap',
  expiresAt: 'expiresAt',
} as const satisfies Readonly<Record<string, keyof RuleDraft>>;

/** How long a rule stands unless something else is typed, ms: 30 days. */
const standsMs = 30 * 86_400_000;
const mostADay = 1_000_000;

export function newRuleDraft(now: number): RuleDraft {
  return {
    ...draftFrom({}, toLocal),
    name: '',
    dailyCap: '100',
    expiresAt: toLocal(new Date(now + standsMs).toISOString()).slice(0, 16),
  };
}

/** What a draft asks for, or what is wrong with it; the API judges again. */
export function ruleRequestOf(draft: RuleDraft, words: Words): { request: RuleRequest } | { faults: RuleFaults } {
  const faults: RuleFaults = {};
  const selector = readSelector(draft, faults, words);
  judgeReason(draft.reason, faults, words);
  const dailyCap = Number(draft.dailyCap);
  if (!/^[1-9]\d*$/u.test(draft.dailyCap.trim()) || dailyCap > mostADay) faults.dailyCap = words.rules.badCap;
  const expiresAt = toIso(draft.expiresAt);
  if (expiresAt === null) faults.expiresAt = words.faults.badTime;
  if (Object.keys(faults).length > 0 || expiresAt === null) return { faults };
  const name = draft.name.trim();
  return { request: { selector, reason: draft.reason, dailyCap, expiresAt, ...(name !== '' && { name }) } };
}
