import { readFileSync } from 'node:fs';
import type { Selector } from '@chat-recall/client';
import { parse } from 'csv-parse/sync';
import { UsageError } from './exit-status.ts';
import type { Words } from './words/words.ts';

/** The part of a selector that names sequences. */
export type NamedMessages = NonNullable<Selector['messages']>;

/** What one request may name. */
const mostSequences = 10_000;
/** Faults of a file that are told. */
const toldFaults = 10;

/**
 * Sequences from a CSV file (`-`: standard input) whose header names `groupId`, `msgSeq` and, where there
 * are topics, `topicId`; other columns do not matter, so that exported outcomes can be given.
 *
 * @throws UsageError with every fault and its line
 */
export function readSequences(file: string, words: Words): NamedMessages {
  const rows = parseCsv(readText(file, words), file, words);
  const header = Object.keys(rows[0]?.record ?? {});
  const missing = ['groupId', 'msgSeq'].filter((name) => !header.includes(name));
  if (rows.length === 0 || missing.length > 0) throw new UsageError(words.csvHeader(file, missing));
  if (rows.length > mostSequences) throw new UsageError(words.csvTooLong(file, rows.length, mostSequences));

  const conversations = new Map<string, { groupId: string; topicId: string | null; seqs: Set<number> }>();
  const faults: string[] = [];
  for (const { record, info } of rows) {
    const groupId = asExported(record['groupId'] ?? '');
    const topicId = asExported(record['topicId'] ?? '');
    const text = (record['msgSeq'] ?? '').trim();
    const seq = Number(text);
    if (groupId === '') faults.push(words.csvLine(file, info.lines, words.csvGroup));
    else if (!/^\d+$/u.test(text) || seq < 1 || !Number.isSafeInteger(seq)) {
      faults.push(words.csvLine(file, info.lines, words.csvSeq));
    } else {
      const key = JSON.stringify([groupId, topicId]);
      const conversation = conversations.get(key) ?? {
        groupId,
        topicId: topicId === '' ? null : topicId,
        seqs: new Set(),
      };
      conversation.seqs.add(seq);
      conversations.set(key, conversation);
    }
  }
  if (faults.length > 0) throw new UsageError(faults.slice(0, toldFaults).join('\n'));
  return [...conversations.values()].map(({ groupId, topicId, seqs }) => ({ groupId, topicId, msgSeqs: [...seqs] }));
}

interface Row {
  readonly record: Readonly<Record<string, string | undefined>>;
  readonly info: { readonly lines: number };
}

function parseCsv(text: string, file: string, words: Words): readonly Row[] {
  try {
    // csv-parse's types do not know what `info` adds.
    return parse(text, {
      columns: true,
      info: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as Row[];
  } catch (error) {
    throw new UsageError(words.fileUnreadable('--file', file, error instanceof Error ? error.message : ''));
  }
}

/** The console's CSV has an apostrophe before what a spreadsheet would take for a formula, as before `@TGS#…`. */
function asExported(cell: string): string {
  return cell.replace(/^'(?=[=+\-@\t\r\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}])/u, '').trim();
}

function readText(file: string, words: Words): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(words.fileUnreadable('--file', file, error instanceof Error ? error.message : ''));
  }
}
