import type { Backfill, BackfillDetails } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { printable } from './printable.ts';
import { moment, span } from './spans.ts';
import { table } from './tables.ts';

const cells = 24;

/** Everything about one backfill. */
export function showBackfill(desk: Desk, backfill: BackfillDetails): string {
  const { words, terminal, language } = desk;
  const { backfill: said } = words;
  const { field } = said;
  const { parts, calls, cause, finishedAt } = backfill;
  const rows = [
    [field.id, backfill.id],
    [field.kind, said.kind[backfill.kind]],
    [field.state, said.state[backfill.state]],
    ...(cause === null ? [] : [[field.note, printable(cause[language])]]),
    [field.since, moment(backfill.since)],
    [field.by, printable(backfill.requestedBy)],
    [field.created, moment(backfill.createdAt)],
    ...(finishedAt === null ? [] : [[field.finished, moment(finishedAt)]]),
    [field.parts, said.parts(parts.done, parts.total, parts.failed, parts.excluded)],
    [field.missing, whatIsMissing(desk, backfill)],
    [field.calls, said.calls(calls.made, calls.left, rateOf(backfill))],
    [field.messages, String(backfill.messages)],
  ];
  const notes = backfill.notes.map((note) => `  ${said.noteLine(note.count, printable(note[language]))}`);
  const failed = backfill.failed.map(
    ({ hour, groupId, topicId, cause: why }) =>
      `  ${printable(hour ?? topicId ?? groupId ?? '')}${why === null ? '' : `  ${printable(why[language])}`}`,
  );
  return [
    table(terminal, [], rows),
    ...(notes.length === 0 ? [] : ['', said.notesTitle, ...notes]),
    ...(failed.length === 0 ? [] : ['', said.failedTitle, ...failed]),
  ].join('\n');
}

/** What there is to read, and what it takes. */
export function showEstimate(desk: Desk, backfill: Backfill): string {
  const seconds = backfill.estimatedSeconds === null ? '' : span(backfill.estimatedSeconds);
  return desk.words.backfill.estimate(whatIsMissing(desk, backfill), backfill.calls.estimated, seconds);
}

/** A line that tells how far a backfill is. */
export function showBackfillProgress({ words }: Desk, backfill: Backfill): string {
  const { backfill: said } = words;
  const { parts, groups, state, secondsLeft, messages } = backfill;
  if (state === 'listing') return said.listing(parts.total, groups === null ? '' : String(groups));
  const settled = parts.total - parts.waiting - parts.running;
  const full = parts.total === 0 ? 0 : Math.floor((settled / parts.total) * cells);
  const bar = `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
  const left = secondsLeft === null ? '' : span(secondsLeft);
  const still = state === 'running' ? '' : `  ${said.state[state]}`;
  return `${bar} ${said.progress(settled, parts.total, messages, rateOf(backfill), left)}${still}`;
}

/** One line about the end. */
export function showBackfillEnd({ words }: Desk, { state, createdAt, finishedAt, messages, calls }: Backfill): string {
  const took = finishedAt === null ? '' : span((Date.parse(finishedAt) - Date.parse(createdAt)) / 1_000);
  return words.backfill.ended(words.backfill.state[state], messages, calls.made, took);
}

function whatIsMissing({ words }: Desk, { kind, parts, missing }: Backfill): string {
  const { backfill: said } = words;
  return kind === 'files' ? said.hours(missing) : said.conversations(parts.total - parts.excluded, missing);
}

function rateOf({ calls }: Backfill): string {
  return calls.perSecond === 0 ? '' : calls.perSecond.toFixed(calls.perSecond < 10 ? 1 : 0);
}
