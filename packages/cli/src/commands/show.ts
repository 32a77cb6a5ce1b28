import type { Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { showRecall } from '../show-recall.ts';

export function show(desk: Desk): Command {
  const { words } = desk;
  return verb('show', words.command.show)
    .argument('<id>', words.argument.id)
    .action(
      handler(desk, async ({ args, client, tell }) => {
        const id = idOf(args, words);
        const { recalls } = client();
        const [recall, errors] = await Promise.all([recalls.get(id), recalls.errors(id)]);
        tell({ recall, errors }, () => showRecall(desk, recall, errors));
        return exit.done;
      }),
    );
}
