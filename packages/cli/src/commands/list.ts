import type { Recall } from '@chat-recall/client';
import { Option, type Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { settledOf } from '../show-recall.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

interface Options {
  readonly state?: readonly Recall['state'][];
  readonly by?: string;
  readonly limit: number;
}

const shownByDefault = 20;
const longestReason = 60;

export function list(desk: Desk): Command {
  const { words, terminal } = desk;
  const { recallHead: head } = words;
  const states = new Option('--state <state...>', words.flag.states).choices(Object.keys(words.state));
  return verb('list', words.command.list)
    .addOption(states)
    .option('--by <name>', words.flag.by)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<Options>(desk, async ({ options, client, json, tell }) => {
        const { state, by, limit } = options;
        const { items, nextCursor } = await client().recalls.list({ state, requestedBy: by, limit });
        const more = nextCursor !== null;
        tell({ items, more }, () =>
          items.length === 0 ? words.noRecalls : table(terminal, headings(), items.map(row)),
        );
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );

  function headings(): string[] {
    return [head.id, head.state, head.progress, head.by, head.created, head.reason];
  }

  function row(recall: Recall): string[] {
    return [
      recall.id,
      words.state[recall.state],
      `${settledOf(recall)}/${recall.counts.planned}`,
      printable(recall.requestedBy),
      moment(recall.createdAt),
      printable(recall.reason, longestReason),
    ];
  }
}
