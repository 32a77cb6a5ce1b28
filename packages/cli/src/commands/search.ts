import type { Message } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { withSelector, windowOf, type SelectorOptions } from '../selector-options.ts';
import { printable } from '../printable.ts';
import { showMessages } from '../show-messages.ts';
import { countOption } from '../times.ts';

interface Options extends SelectorOptions {
  readonly limit: number;
}

const shownByDefault = 20;
/** What one answer of the console may hold. */
const largestPage = 1_000;

export function search(desk: Desk): Command {
  const { words, terminal } = desk;
  return withSelector(verb('search', words.command.search), words)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong), shownByDefault)
    .action(
      handler<Options>(desk, async ({ client, options, tell }) => {
        const { sender, keyword, group, topic, limit } = options;
        const window = windowOf(options, desk.now());
        const query = { sender, keyword, groupId: group, topicId: topic, ...window };
        const { messages } = client();
        const items: Message[] = [];
        const warnings: Awaited<ReturnType<typeof messages.search>>['warnings'][number][] = [];
        let cursor: string | null | undefined;
        do {
          const page = { limit: Math.min(limit - items.length, largestPage), cursor: cursor ?? undefined };
          const answer = await messages.search({ ...query, ...page });
          items.push(...answer.items);
          warnings.push(...answer.warnings);
          cursor = answer.nextCursor;
        } while (cursor !== null && items.length < limit);
        const more = cursor !== null;
        tell({ items, more, warnings }, () => (items.length === 0 ? words.noMessages : showMessages(desk, items)));
        if (options.json !== true)
          for (const warning of warnings) terminal.err(words.warning(printable(warning[desk.language])), 'yellow');
        if (more && options.json !== true) terminal.err(words.moreMessages(items.length));
        return exit.done;
      }),
    );
}
