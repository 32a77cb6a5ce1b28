import type { AdminHandler } from './admin-api.ts';
import { addFaults, clearFaults, listFaults } from './faults.ts';
import { addHistories } from './history.ts';
import { addGroups, destroyGroup } from './groups.ts';
import { ledgerCalls, ledgerSummary } from './ledger.ts';
import { listMessages } from './messages.ts';
import { sendMessages } from './send.ts';

export const adminRoutes: readonly { method: string; path: string; handler: AdminHandler }[] = [
  { method: 'GET', path: '/_standin/ledger', handler: ledgerCalls },
  { method: 'GET', path: '/_standin/ledger/summary', handler: ledgerSummary },
  { method: 'GET', path: '/_standin/messages', handler: listMessages },
  { method: 'POST', path: '/_standin/groups', handler: addGroups },
  { method: 'DELETE', path: '/_standin/groups', handler: destroyGroup },
  { method: 'POST', path: '/_standin/history', handler: addHistories },
  { method: 'POST', path: '/_standin/send', handler: sendMessages },
  { method: 'GET', path: '/_standin/faults', handler: listFaults },
  { method: 'POST', path: '/_standin/faults', handler: addFaults },
  { method: 'DELETE', path: '/_standin/faults', handler: clearFaults },
  { method: 'POST', path: '/_standin/reset', handler: ({ reset }) => (reset(), {}) },
];
