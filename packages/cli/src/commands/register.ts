import { ApiError, type RegisteredMessages } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { CommandFailure, exit, UsageError } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { readRegistered, type Registered } from '../read-registered.ts';
import type { Words } from '../words/words.ts';

/** What one request may hold: messages, and of the 2 MB of its body what leaves room for the rest. */
const mostMessages = 500;
const mostBytes = 1_500_000;
/** Faults of a file that are told. */
const toldFaults = 10;

export function register(desk: Desk): Command {
  const { words, terminal } = desk;
  const { coverage: said } = words;
  return verb('register', said.command.register)
    .argument('<file>', said.file)
    .action(
      handler(desk, async ({ args: [file = '-'], client, json, tell }) => {
        const messages = readRegistered(file, words);
        const console = client();
        const sum = { registered: 0, known: 0, dropped: 0 };
        let done = 0;
        for (const portion of portionsOf(messages)) {
          if (!json) terminal.status(said.registering(done, messages.length));
          add(sum, await taken(portion, done));
          done += portion.length;
        }
        terminal.status('');
        tell(sum, () => said.registered(sum.registered, sum.known, sum.dropped));
        return exit.done;

        async function taken(portion: readonly Registered[], before: number): Promise<RegisteredMessages> {
          try {
            return await console.messages.register(portion);
          } catch (error) {
            terminal.status('');
            throw error instanceof ApiError && error.status === 422 ? wrong(error, file, before, words) : error;
          }
        }
      }),
    );
}

/** @yields as many messages at a time as one request may hold */
function* portionsOf(messages: readonly Registered[]): Generator<readonly Registered[]> {
  let portion: Registered[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(JSON.stringify(message)) + 1;
    if (portion.length === mostMessages || (portion.length > 0 && bytes + size > mostBytes)) {
      yield portion;
      portion = [];
      bytes = 0;
    }
    portion.push(message);
    bytes += size;
  }
  yield portion;
}

function add(sum: { -readonly [K in keyof RegisteredMessages]: number }, more: RegisteredMessages): void {
  sum.registered += more.registered;
  sum.known += more.known;
  sum.dropped += more.dropped;
}

/** The console's faults by where the messages stand in the file; `before` of it were taken already. */
function wrong({ detail, errors, code }: ApiError, file: string, before: number, { coverage: said }: Words): Error {
  const faults = errors.map(({ path, message }) => {
    const [, at, field = ''] = /^messages\[(\d+)\]\.?(.*)$/u.exec(path) ?? [];
    const what = printable(field === '' ? message : `${field}: ${message}`);
    return at === undefined ? `${path}: ${printable(message)}` : said.wrongMessage(file, before + Number(at) + 1, what);
  });
  const told = faults.length === 0 ? [printable(detail)] : faults.slice(0, toldFaults);
  if (before === 0) return new UsageError(told.join('\n'));
  return new CommandFailure(code, [...told, said.registeredBefore(before)].join('\n'));
}
