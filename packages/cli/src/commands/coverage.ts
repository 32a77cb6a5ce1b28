import type { CoveragePage } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { placeOf } from '../places.ts';
import { printable } from '../printable.ts';
import { showShare } from '../show-share.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption } from '../times.ts';

interface Options {
  readonly group?: string;
  readonly all?: boolean;
  readonly limit: number;
}

type Conversation = CoveragePage['items'][number];

const shownByDefault = 20;
/** What one answer of the console may hold. */
const largestPage = 1_000;

/** The sums of the whole app or of one group, and the conversations that miss most. */
export function coverage(desk: Desk): Command {
  const { words, terminal } = desk;
  const { coverage: said } = words;
  return verb('coverage', said.command.coverage)
    .option('-g, --group <groupId>', said.flag.group)
    .option('--all', said.flag.all)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong), shownByDefault)
    .action(
      handler<Options>(desk, async ({ options, client, json, tell }) => {
        const limit = options.all === true ? Number.POSITIVE_INFINITY : options.limit;
        const console = client();
        const items: Conversation[] = [];
        let page: CoveragePage;
        let cursor: string | undefined;
        do {
          page = await console.coverage({
            groupId: options.group,
            limit: Math.min(limit - items.length, largestPage),
            cursor,
          });
          items.push(...page.items);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined && items.length < limit);
        const { summary } = page;
        const more = cursor !== undefined;
        tell({ summary, items, more }, () => [...inWords(summary), ...rows(items)].join('\n'));
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );

  function inWords(summary: CoveragePage['summary']): string[] {
    const { conversations, sequences, missing, unreachable, incomplete, refused, live, share } = summary;
    if (conversations === 0) return [said.nothing];
    return [
      terminal.paint('bold', said.share(showShare(share), sequences, conversations)),
      ...(missing === 0 ? [] : [`  ${said.missing(missing, incomplete)}`]),
      ...(unreachable === 0 ? [] : [`  ${said.unreachable(unreachable)}`]),
      ...(refused === 0 ? [] : [`  ${terminal.paint('yellow', said.refused(refused))}`]),
      ...(live === 0 ? [] : [`  ${said.live(live)}`]),
    ];
  }

  function rows(items: readonly Conversation[]): string[] {
    if (items.length === 0) return [];
    const { head } = said;
    const headings = [
      head.place,
      head.kind,
      head.missing,
      head.unreachable,
      head.share,
      head.history,
      head.newest,
      head.active,
    ];
    return ['', table(terminal, headings, items.map(row))];
  }

  function row(item: Conversation): (string | number)[] {
    const state = said.history[item.gone ? 'gone' : item.history];
    return [
      placeOf(item),
      printable(item.groupType),
      item.missing,
      item.unreachable,
      showShare(item.share),
      item.failures === 0 ? state : said.failures(state, item.failures),
      item.newestSeq ?? '',
      moment(item.activeAt),
    ];
  }
}
