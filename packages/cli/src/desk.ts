import { createClient, type Client } from '@chat-recall/client';
import { Command } from 'commander';
import { UsageError, type ExitStatus } from './exit-status.ts';
import type { Language } from './language.ts';
import { readApp, readToken, readUrl, type Environment } from './settings.ts';
import type { Terminal } from './terminal.ts';
import type { Words } from './words/words.ts';

/** What every command works with. */
export interface Desk {
  readonly words: Words;
  readonly language: Language;
  readonly terminal: Terminal;
  readonly environment: Environment;
  now(): Date;
  /** Set by the command that ran. */
  status: ExitStatus;
}

/** Flags that every command knows. */
export interface GlobalOptions {
  readonly url?: string;
  readonly tokenFile?: string;
  /** SDKAppID */
  readonly app?: number;
  readonly json?: boolean;
}

/** One run of one command. */
export interface Work<O> {
  readonly options: O & GlobalOptions;
  readonly args: readonly string[];
  readonly json: boolean;
  /** @throws UsageError when address or token are missing or cannot be used */
  client(): Client;
  /** The answer: a JSON document with `--json`, else what `text` makes of it. */
  tell(value: unknown, text: () => string): void;
}

/** A command without its handler yet. */
export function verb(name: string, description: string): Command {
  return new Command(name).description(description);
}

/** The handler of a command, as commander calls it. */
export function handler<O>(
  desk: Desk,
  act: (work: Work<O>) => Promise<ExitStatus>,
): (...given: readonly unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command;
    const options = command.optsWithGlobals<O & GlobalOptions>();
    const json = options.json === true;
    const { words, environment, language, terminal } = desk;
    desk.status = await act({
      options,
      args: command.args,
      json,
      client: () =>
        createClient({
          baseUrl: readUrl(options.url, environment, words),
          token: readToken(options.tokenFile, environment, words),
          language,
          sdkAppId: readApp(options.app, environment, words),
        }),
      tell(value, text) {
        terminal.out(json ? JSON.stringify(value, null, 2) : text());
      },
    });
  };
}

/** The first argument, which must be an id. @throws UsageError */
export function idOf(args: readonly string[], words: Words): string {
  const [id = ''] = args;
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu.test(id)) throw new UsageError(words.uuidWrong);
  return id;
}
