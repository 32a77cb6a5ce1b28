import type { Plan } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { placeOf } from './places.ts';
import { printable } from './printable.ts';
import { showMessages } from './show-messages.ts';
import { showShare } from './show-share.ts';
import { span } from './spans.ts';
import { table } from './tables.ts';

/** Groups and senders that are shown. */
const shownRows = 10;
const shownSample = 5;
/** Warnings of which `recall findings` has the messages. */
const ofFindings: readonly Plan['warnings'][number]['code'][] = ['sender_differs', 'no_longer_matches', 'edited'];

/** What a frozen plan holds: how many, where, whose, and what is remarkable about it. */
export function showPlan(desk: Desk, id: string, plan: Plan): string {
  const { words, terminal, language } = desk;
  const { toCall, conversations, calls, etaSeconds, matched, messages, alreadyRecalled, protectedLeftOut, coverage } =
    plan;
  const { drift, warnings } = plan;
  const lines = [
    terminal.paint('bold', words.planTitle(id)),
    `  ${words.planCounts(toCall, conversations, calls, span(etaSeconds))}`,
    ...(matched === messages ? [] : [`  ${words.planMatched(matched, messages)}`]),
    ...(alreadyRecalled === 0 ? [] : [`  ${words.planAlready(alreadyRecalled)}`]),
    ...(protectedLeftOut === 0 ? [] : [`  ${words.planProtected(protectedLeftOut)}`]),
    // Sequences that were named alone are of conversations that nothing is known of.
    ...(coverage.conversations === 0
      ? []
      : [`  ${words.coverage.ofPlan(showShare(coverage.share), coverage.missing, coverage.unreachable)}`]),
  ];
  const groups = plan.byGroup.map((row) => [placeOf(row), printable(row.groupType), row.messages] as const);
  const senders = plan.bySender.map(
    ({ sender, messages: n }) => [sender === null ? words.unknownSender : printable(sender), '', n] as const,
  );
  lines.push(...counted(words.byGroup, groups), ...counted(words.bySender, senders));
  if (plan.sample.length > 0) {
    lines.push('', words.sample, ...indented(showMessages(desk, plan.sample.slice(0, shownSample))));
  }
  if (warnings.length > 0) lines.push('');
  for (const warning of warnings) {
    lines.push(terminal.paint('yellow', words.warning(printable(warning[language]))));
  }
  if (warnings.some(({ code }) => ofFindings.includes(code))) lines.push(words.proof.seeFindings(id));
  if (drift !== null && drift.frozen !== drift.now) {
    lines.push('', terminal.paint('yellow', words.warning(words.drift(drift.frozen, drift.now))));
  }
  return `${lines.join('\n')}\n`;

  function counted(title: string, rows: readonly (readonly [string, string, number])[]): string[] {
    if (rows.length === 0) return [];
    const more = rows.length > shownRows ? ` ${words.topOnly(shownRows)}` : '';
    const shown = rows.slice(0, shownRows).map(([name, kind, n]) => [n, name, kind]);
    // The first row stands where the head would be.
    return ['', title + more, ...indented(table(terminal, [], shown))];
  }
}

function indented(text: string): string[] {
  return text.split('\n').map((line) => `  ${line}`);
}
