import type { LedgerFilter } from '../ledger.ts';
import type { AdminHandler } from './admin-api.ts';
import { numberParameter } from './read.ts';

/** `GET /_standin/ledger?command=&groupId=&topicId=&sequence=&errorCode=&applied=&since=` */
export const ledgerCalls: AdminHandler = ({ ledger }, query) => ({ calls: ledger.calls(readFilter(query)) });

/** `GET /_standin/ledger/summary` */
export const ledgerSummary: AdminHandler = ({ ledger }) => ledger.summary();

function readFilter(query: URLSearchParams): LedgerFilter {
  const texts = ['command', 'groupId', 'topicId'].map((name) => [name, query.get(name) ?? undefined]);
  const numbers = ['sequence', 'errorCode', 'since'].map((name) => [name, numberParameter(query, name)]);
  const applied = query.has('applied') ? query.get('applied') === 'true' : undefined;
  return Object.fromEntries([...texts, ...numbers, ['applied', applied]]) as LedgerFilter;
}
