import type { FindingPage } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { placeOf } from '../places.ts';
import { printable } from '../printable.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

const shownByDefault = 100;
const longestText = 60;

export function findings(desk: Desk): Command {
  const { words, terminal } = desk;
  const { findingHead: head, finding: named, ...said } = words.proof;
  return verb('findings', said.command.findings)
    .argument('<id>', words.argument.id)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<{ readonly limit: number }>(desk, async ({ args, options: { limit }, client, json, tell }) => {
        const { items, nextCursor } = await client().recalls.findings(idOf(args, words), { limit });
        const more = nextCursor !== null;
        const headings = [head.place, head.seq, head.finding, head.sender, head.told, head.text];
        tell({ items, more }, () => (items.length === 0 ? said.noFindings : table(terminal, headings, items.map(row))));
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );

  function row(item: FindingPage['items'][number]): (string | number)[] {
    return [
      placeOf(item),
      item.msgSeq,
      named[item.finding],
      printable(item.sender),
      printable(item.toldSender),
      printable(item.text, longestText),
    ];
  }
}
