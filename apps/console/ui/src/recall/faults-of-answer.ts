import { Problem } from '../api/problem.ts';
import type { Language } from '../words/language.ts';
import type { Words } from '../words/index.ts';
import { faultText } from './fault-text.ts';
import type { DraftFaults } from './request-of.ts';

/** Paths of the API's body, and the fields of the form. */
const fields: Readonly<Record<string, keyof DraftFaults>> = {
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
  reason: 'reason',
  priority: 'priority',
  'canary.messages': 'canaryMessages',
  'canary.maxFailedShare': 'canaryShare',
};

/** What the API found wrong, beside the fields it is about. */
export function faultsOfAnswer(error: unknown, words: Words, language: Language): DraftFaults {
  if (!(error instanceof Problem)) return {};
  const faults: DraftFaults = {};
  for (const fault of error.faults) {
    const [, path = '', index] = /^([^[]*)(?:\[(\d+)\])?/u.exec(fault.path) ?? [];
    const field = fields[path] ?? fields[path.split('.').slice(0, 2).join('.')] ?? 'form';
    const text = faultText(fault, language);
    faults[field] ??= index === undefined ? text : words.faults.line(Number(index) + 1, text);
  }
  return faults;
}
