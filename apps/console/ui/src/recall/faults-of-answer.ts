import { Problem } from '../api/problem.ts';
import type { Language } from '../words/language.ts';
import type { Words } from '../words/index.ts';
import { faultText } from './fault-text.ts';
import type { Draft, SelectorDraft } from './draft.ts';

type Fields<Field extends string> = Readonly<Record<string, Field>>;

/** Paths of the API's bodies, and the fields of a form. */
export const selectorFields = {
  'selector.senders': 'senders',
  'selector.excludeSenders': 'excludeSenders',
  'selector.keywords': 'keywords',
  'selector.groupIds': 'groupIds',
  'selector.topicIds': 'topicIds',
  'selector.sentFrom': 'from',
  'selector.sentTo': 'to',
  'selector.messages': 'sequences',
  'selector.sameTextAs': 'sameTextAs',
  'selector.limit': 'limit',
} as const satisfies Fields<keyof SelectorDraft>;

export const recallFields = {
  ...selectorFields,
  reason: 'reason',
  priority: 'priority',
  'canary.messages': 'canaryMessages',
  'canary.maxFailedShare': 'canaryShare',
  followSeconds: 'follow',
  verifySenders: 'verifySenders',
  refresh: 'refresh',
} as const satisfies Fields<keyof Draft>;

/** What the API found wrong, beside the fields it is about; the rest is under `form`. */
export function faultsOfAnswer<Field extends string>(
  error: unknown,
  fields: Fields<Field>,
  words: Words,
  language: Language,
): Partial<Record<Field | 'form', string>> {
  const faults: Partial<Record<Field | 'form', string>> = {};
  if (!(error instanceof Problem)) return faults;
  for (const fault of error.faults) {
    const [, path = '', index] = /^([^[]*)(?:\[(\d+)\])?/u.exec(fault.path) ?? [];
    const field = fields[path] ?? fields[path.split('.').slice(0, 2).join('.')] ?? 'form';
    const text = faultText(fault, language);
    faults[field] ??= index === undefined ? text : words.faults.line(Number(index) + 1, text);
  }
  return faults;
}
