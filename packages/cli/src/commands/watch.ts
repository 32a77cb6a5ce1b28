import type { Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { follow } from '../follow.ts';
import { durationOption } from '../times.ts';

export function watch(desk: Desk): Command {
  const { words } = desk;
  return verb('watch', words.command.watch)
    .argument('<id>', words.argument.id)
    .option('--timeout <duration>', words.flag.timeout, durationOption(words.durationWrong))
    .action(
      handler<{ readonly timeout?: number }>(desk, async ({ args, options, client, json, tell }) => {
        const id = idOf(args, words);
        const { recall, status } = await follow(desk, client(), id, {
          timeoutMs: options.timeout,
          untilStill: false,
          json,
        });
        if (json) tell(recall, () => '');
        return status;
      }),
    );
}
