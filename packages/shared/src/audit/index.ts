export { appendAudit, system, type Actor, type Deed } from './append.ts';
export { withoutSenders } from './details.ts';
export { idPattern } from './id-pattern.ts';
export { pseudonymize } from './pseudonyms.ts';
export { listAudit, verifyAudit, type AuditEntry } from './read.ts';
