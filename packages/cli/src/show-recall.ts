import type { Recall, RecallErrors } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { printable } from './printable.ts';
import { hasFindings, proofHint, showCheck, showProof } from './show-proof.ts';
import { moment, span } from './spans.ts';
import { table } from './tables.ts';
import type { Words } from './words/words.ts';

const counted = [
  'recalled',
  'notFound',
  'expired',
  'notRecallable',
  'failed',
  'unknown',
  'cancelled',
  'pending',
] as const satisfies readonly (keyof Recall['counts'])[];

/** `23 recalled, 2 failed` */
export function showCounts({ counts }: Recall, words: Words): string {
  const there = counted.filter((name) => counts[name] > 0);
  return there.map((name) => `${counts[name]} ${words.outcome[name]}`).join(', ') || '0';
}

/** Outcomes that no longer change. */
export function settledOf({ counts }: Recall): number {
  return counts.planned - counts.pending - counts.unknown;
}

/** Why a recall stands still, in words; null: it does not. An older console says so in English alone. */
export function noteOf({ stateCause, stateNote }: Recall, { language }: Pick<Desk, 'language'>): string | null {
  return stateCause?.[language] ?? stateNote;
}

/** Everything about one recall. */
export function showRecall(desk: Desk, recall: Recall, errors: RecallErrors['items']): string {
  const { words, terminal } = desk;
  const { field } = words;
  const { approval, executedBy, finishedAt, detailsDroppedAt } = recall;
  const note = noteOf(recall, desk);
  const [check, proof, hint] = [showCheck(recall, words), showProof(recall, words), proofHint(recall, words)];
  const rows = [
    [field.id, recall.id],
    [field.app, String(recall.sdkAppId)],
    [field.state, words.state[recall.state]],
    ...(note === null ? [] : [[field.note, printable(note)]]),
    [field.reason, printable(recall.reason)],
    [field.by, printable(recall.requestedBy)],
    ...(approval?.approvedBy == null ? [] : [[field.approved, printable(approval.approvedBy)]]),
    ...(executedBy === null ? [] : [[field.executed, printable(executedBy)]]),
    [field.selector, printable(JSON.stringify(recall.selector), 500)],
    [field.created, moment(recall.createdAt)],
    ...(finishedAt === null ? [] : [[field.finished, moment(finishedAt)]]),
    // An older console does not tell.
    ...(detailsDroppedAt == null ? [] : [[field.detailsDropped, moment(detailsDroppedAt)]]),
    [field.batches, words.batches(recall.batches.done, recall.batches.total)],
    [field.counts, showCounts(recall, words)],
    ...(recall.rule === null
      ? []
      : [[field.rule, words.ruleIs(printable(recall.rule.name ?? ''), recall.rule.dailyCap)]]),
    ...(recall.follow === null ? [] : [[field.follow, showTail(recall.follow, desk)]]),
    ...(check === null ? [] : [[words.proof.field.check, check]]),
    ...(proof === null ? [] : [[words.proof.field.proof, proof]]),
  ];
  const hints = [
    ...(hasFindings(recall) ? [words.proof.seeFindings(recall.id)] : []),
    ...(hint === null ? [] : [terminal.paint('yellow', hint)]),
  ];
  return [table(terminal, [], rows), ...hints, ...showErrors(desk, errors)].join('\n');
}

/** `follows until 2026-11-21 08:15:00Z; 4 came late, 2 were left out: why` */
function showTail(tail: NonNullable<Recall['follow']>, { words, language }: Desk): string {
  const { state, until, seconds, late, leftOut, cause } = tail;
  const when = state === 'waiting' ? span(seconds) : moment(until);
  const why = cause === null ? '' : cause[language];
  return [words.tail[state](when), words.cameLate(late, leftOut), why].filter((part) => part !== '').join('; ');
}

/** What was not recalled, by code, with what to do about it. */
export function showErrors({ words, terminal }: Desk, errors: RecallErrors['items']): string[] {
  if (errors.length === 0) return [];
  const lines = errors.flatMap(({ count, state, retCode, meaning, advice }) => [
    `  ${words.errorLine(count, outcomeName(state, words), retCode === null ? '' : String(retCode), printable(meaning))}`,
    ...(advice === '' ? [] : [terminal.paint('dim', `    ${printable(advice)}`)]),
  ]);
  return ['', words.errorsTitle, ...lines];
}

/** The API's names of states, in words. */
export function outcomeName(state: string, words: Words): string {
  const name = state.replaceAll(/_([a-z])/gu, (_, letter: string) => letter.toUpperCase());
  return (words.outcome as Readonly<Record<string, string>>)[name] ?? state;
}

/** One line about the end. */
export function showEnd(recall: Recall, words: Words): string {
  const { state, startedAt, finishedAt, counts } = recall;
  const took =
    startedAt === null || finishedAt === null ? '' : span((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000);
  return words.ended(words.state[state], counts.recalled, counts.planned, took);
}
