import type { Selector } from '@chat-recall/client/types';

type Named = NonNullable<Selector['messages']>;

/**
 * Sequences from lines or CSV: `group,sequence` or `group,topic,sequence`; a header row may name the
 * columns in any order, as in the CSV of outcomes.
 *
 * @returns the sequences by conversation, in the order of their first mention, and the lines that are none
 */
export function readSequences(text: string): { messages: Named; count: number; badLines: number[] } {
  const rows = readCsv(text);
  const header = headerOf(rows[0]?.cells ?? []);
  const byPlace = new Map<string, { groupId: string; topicId: string | null; msgSeqs: Set<number> }>();
  const badLines: number[] = [];
  for (const { cells, line } of header === null ? rows : rows.slice(1)) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    const found = header === null ? byPosition(cells) : byHeader(cells, header);
    if (found === null) {
      badLines.push(line);
      continue;
    }
    const place = JSON.stringify([found.groupId, found.topicId]);
    const there = byPlace.get(place);
    if (there === undefined) byPlace.set(place, { ...found, msgSeqs: new Set([found.msgSeq]) });
    else there.msgSeqs.add(found.msgSeq);
  }
  const messages = [...byPlace.values()].map(({ groupId, topicId, msgSeqs }) => ({
    groupId,
    ...(topicId === null ? {} : { topicId }),
    msgSeqs: [...msgSeqs],
  }));
  return { messages, count: messages.reduce((sum, { msgSeqs }) => sum + msgSeqs.length, 0), badLines };
}

interface Header {
  readonly group: number;
  readonly topic: number;
  readonly sequence: number;
}

function headerOf(cells: readonly string[]): Header | null {
  const names = cells.map((cell) =>
    cell
      .trim()
      .toLowerCase()
      .replaceAll(/[^a-z]/gu, ''),
  );
  const group = names.findIndex((name) => name === 'groupid' || name === 'group');
  const sequence = names.findIndex((name) => name === 'msgseq' || name === 'sequence' || name === 'seq');
  const topic = names.findIndex((name) => name === 'topicid' || name === 'topic');
  return group === -1 || sequence === -1 ? null : { group, topic, sequence };
}

function byHeader(cells: readonly string[], { group, topic, sequence }: Header) {
  return checked(cells[group], topic === -1 ? '' : cells[topic], cells[sequence]);
}

function byPosition(cells: readonly string[]) {
  if (cells.length === 2) return checked(cells[0], '', cells[1]);
  return cells.length === 3 ? checked(cells[0], cells[1], cells[2]) : null;
}

function checked(group = '', topic = '', sequence = '') {
  const groupId = unguarded(group.trim());
  const topicId = unguarded(topic.trim());
  const msgSeq = Number(sequence.trim());
  if (groupId === '' || !/^\d+$/u.test(sequence.trim()) || !Number.isSafeInteger(msgSeq) || msgSeq < 1) return null;
  return { groupId, topicId: topicId === '' ? null : topicId, msgSeq };
}

/** The apostrophe that our CSV puts before what a spreadsheet would take for a formula. */
function unguarded(cell: string): string {
  return /^'[=+\-@]/u.test(cell) ? cell.slice(1) : cell;
}

/** RFC 4180, and tabs or semicolons as spreadsheets write them. */
function readCsv(text: string): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = [];
  const separator = /^[^\n]*\t/u.test(text) ? '\t' : /^[^\n,]*;/u.test(text) ? ';' : ',';
  let cells: string[] = [];
  let cell = '';
  let inQuotes = false;
  let line = 1;
  let began = 1;
  const endRow = (): void => {
    rows.push({ cells: [...cells, cell], line: began });
    cells = [];
    cell = '';
  };
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '\n') line += 1;
    if (inQuotes) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else inQuotes = false;
    } else if (char === '"' && cell === '') inQuotes = true;
    else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n') {
      endRow();
      began = line;
    } else if (char !== '\r') cell += char;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}
