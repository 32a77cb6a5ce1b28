import type { Erasure } from '@chat-recall/client';
import type { Command } from 'commander';
import { mustBeAbleToAsk } from '../consent.ts';
import { handler, verb, type Desk, type Work } from '../desk.ts';
import { CommandFailure, exit, type ExitStatus } from '../exit-status.ts';
import { printable } from '../printable.ts';

interface Options {
  readonly sender: string;
  readonly reason: string;
  readonly yes?: boolean;
  readonly wait: boolean;
}

/** Counts what names a person, has the id typed, erases, and watches until it is done. */
export function erase(desk: Desk): Command {
  const { words } = desk;
  return verb('erase', words.command.erase)
    .requiredOption('-s, --sender <userId>', words.flag.eraseSender)
    .requiredOption('-r, --reason <text>', words.flag.eraseReason)
    .option('-y, --yes', words.flag.yes)
    .option('--no-wait', words.flag.eraseNoWait)
    .action(handler<Options>(desk, (work) => run(desk, work)));
}

async function run(desk: Desk, work: Work<Options>): Promise<ExitStatus> {
  const { words, terminal } = desk;
  const { options, json, tell } = work;
  mustBeAbleToAsk(desk, options);
  const { sender, reason } = options;
  const { erasures } = work.client();
  const found = await erasures.preview({ sender, reason });
  if (!json) terminal.out(words.eraseFound(printable(sender), found));
  if (options.yes !== true) {
    const typed = await terminal.ask(words.typeSender(printable(sender)));
    if (typed !== sender.trim()) throw new CommandFailure('declined', words.notDone);
  }
  const asked = await erasures.create({ sender, reason });
  if (!options.wait) {
    tell(asked, () => words.eraseAsked(asked.id));
    return exit.done;
  }
  const done = await erasures.wait(asked.id, {
    onProgress: (erasure) => {
      if (!json) terminal.status(progress(erasure));
    },
  });
  if (!json) terminal.status('');
  tell(done, () => words.erased(done.changed, done.replacement));
  return exit.done;

  function progress({ progress: { done: steps, of }, waitsFor }: Erasure): string {
    return waitsFor === null ? words.erasing(steps, of) : words.eraseWaits(waitsFor.planning, waitsFor.jobs);
  }
}
