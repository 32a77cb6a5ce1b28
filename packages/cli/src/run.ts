import { CommanderError, type Command } from 'commander';
import type { Desk } from './desk.ts';
import { exit, type ExitStatus } from './exit-status.ts';
import { explain } from './explain.ts';
import { languageOf } from './language.ts';
import { createProgram } from './program.ts';
import type { Environment } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { wordsOf } from './words/words.ts';

/** What the command line gets from the process that it runs in. */
export interface Surroundings {
  /** Without node and script. */
  readonly args: readonly string[];
  readonly environment: Environment;
  readonly terminal: Terminal;
  readonly version: string;
  now(): Date;
}

/** Runs one command line to its end. Never rejects. */
export async function run({ args, environment, terminal, version, now }: Surroundings): Promise<ExitStatus> {
  const language = languageOf(args, environment);
  const words = wordsOf(language);
  const desk: Desk = { words, language, terminal, environment, now, status: exit.done };
  const program = createProgram(desk, version);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return desk.status;
  } catch (error) {
    if (isAskedFor(error)) return exit.done;
    const named = namedIn(program, args);
    // A group of commands without one of them: what is wanted is their list, and yet nothing was done.
    if (error instanceof CommanderError && error.code === 'commander.help') {
      terminal.err(named.helpInformation().trimEnd());
      return exit.usage;
    }
    const { status, code, message, errors } = explain(error, words, pathOf(named));
    if (args.includes('--json')) terminal.out(JSON.stringify({ error: { code, message, errors } }, null, 2));
    else terminal.err(message, 'red');
    return status;
  }
}

/** `--help` and `--version` end by throwing, too. */
function isAskedFor(error: unknown): boolean {
  return error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code);
}

/** The command that the arguments name, as far as they name one. */
function namedIn(program: Command, args: readonly string[]): Command {
  return args.reduce((at, arg) => at.commands.find((command) => command.name() === arg) ?? at, program);
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
