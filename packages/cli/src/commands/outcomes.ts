import type { Outcome } from '@chat-recall/client';
import { Option, type Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { exit, UsageError } from '../exit-status.ts';
import { placeOf } from '../places.ts';
import { printable } from '../printable.ts';
import { outcomeName } from '../show-recall.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

const states = [
  'pending',
  'recalled',
  'not_found',
  'expired',
  'not_recallable',
  'failed',
  'unknown',
  'cancelled',
] as const satisfies readonly Outcome['state'][];

interface Options {
  readonly state?: readonly Outcome['state'][];
  readonly csv?: boolean;
  readonly ndjson?: boolean;
  readonly limit: number;
}

const shownByDefault = 100;
const longestMeaning = 80;

export function outcomes(desk: Desk): Command {
  const { words, terminal } = desk;
  return verb('outcomes', words.command.outcomes)
    .argument('<id>', words.argument.id)
    .addOption(new Option('--state <state...>', words.flag.states).choices(states))
    .option('--csv', words.flag.csv)
    .option('--ndjson', words.flag.ndjson)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<Options>(desk, async ({ args, options, client, json, tell }) => {
        const { state, csv, ndjson, limit } = options;
        if ([csv, ndjson, json].filter((given) => given === true).length > 1) throw new UsageError(words.csvAndNdjson);
        const id = idOf(args, words);
        const { recalls } = client();
        if (csv === true || ndjson === true) {
          await terminal.pour(recalls.outcomesAs(csv === true ? 'csv' : 'ndjson', id, { state }));
          return exit.done;
        }
        const { items, nextCursor } = await recalls.outcomes(id, { state, limit });
        const more = nextCursor !== null;
        tell({ items, more }, () => (items.length === 0 ? words.noOutcomes : shown(items)));
        if (more && !json) terminal.err(words.moreRows(items.length));
        return exit.done;
      }),
    );

  function shown(items: readonly Outcome[]): string {
    const { outcomeHead: head } = words;
    const rows = items.map((outcome) => [
      placeOf(outcome),
      outcome.msgSeq,
      printable(outcome.sender),
      outcomeName(outcome.state, words),
      outcome.retCode === null ? '' : `${outcome.retCode} ${printable(outcome.meaning, longestMeaning)}`,
      outcome.attempts,
    ]);
    return table(terminal, [head.place, head.seq, head.sender, head.state, head.meaning, head.tries], rows);
  }
}
