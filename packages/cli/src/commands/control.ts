import type { Command } from 'commander';
import { handler, idOf, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { follow } from '../follow.ts';
import { durationOption } from '../times.ts';

interface Options {
  readonly watch?: boolean;
  readonly timeout?: number;
}

/** `pause`, `resume`, `cancel`, `retry`, `stop-following`: done at once, and told as the recall then is. */
export function control(desk: Desk, name: 'pause' | 'resume' | 'cancel' | 'retry' | 'stop-following'): Command {
  const { words } = desk;
  const act = name === 'stop-following' ? 'stopFollowing' : name;
  const command = verb(name, words.command[act]).argument('<id>', words.argument.id);
  if (name === 'resume' || name === 'retry') {
    command
      .option('--watch', words.flag.watch)
      .option('--timeout <duration>', words.flag.timeout, durationOption(words.durationWrong));
  }
  return command.action(
    handler<Options>(desk, async ({ args, options, client, json, tell }) => {
      const id = idOf(args, words);
      const console = client();
      const recall = await console.recalls[act](id);
      if (options.watch !== true) {
        tell(recall, () => words.isNow(id, words.state[recall.state]));
        return exit.done;
      }
      const end = await follow(desk, console, id, { timeoutMs: options.timeout, untilStill: true, json });
      if (json) tell(end.recall, () => '');
      return end.status;
    }),
  );
}
