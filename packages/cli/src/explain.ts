import { ApiError, UnreachableError } from '@chat-recall/client';
import { CommanderError } from 'commander';
import { CommandFailure, exit, UsageError, type ExitStatus } from './exit-status.ts';
import { printable } from './printable.ts';
import type { Words } from './words/words.ts';

/** Why a command came to nothing: for people, for `--json`, and for the shell. */
export interface Explanation {
  readonly status: ExitStatus;
  readonly code: string;
  readonly message: string;
  readonly errors: readonly { readonly path: string; readonly flag: string | null; readonly message: string }[];
}

/** Fields of the API by the flag that sets them; a field of a list by the list's. */
const flags: Readonly<Record<string, string>> = {
  'selector.senders': '--sender',
  'selector.keywords': '--keyword',
  'selector.groupIds': '--group',
  'selector.topicIds': '--topic',
  'selector.excludeSenders': '--exclude-sender',
  'selector.sentFrom': '--from',
  'selector.sentTo': '--to',
  'selector.messages': '--file',
  'selector.sameTextAs': '--same-text-as',
  'selector.limit': '--limit',
  'canary.messages': '--canary',
  'canary.maxFailedShare': '--canary-max-failed',
  followSeconds: '--follow',
  verifySenders: '--verify-senders',
  refresh: '--refresh',
  'Sdk-App-Id': '--app',
  dailyCap: '--daily-cap',
  reason: '--reason',
  priority: '--priority',
  'Idempotency-Key': '--idempotency-key',
  sender: '--sender',
  keyword: '--keyword',
  groupId: '--group',
  topicId: '--topic',
  msgSeq: '--seq',
  sentFrom: '--from',
  sentTo: '--to',
  limit: '--limit',
  state: '--state',
  requestedBy: '--by',
  name: '--name',
  person: '--person',
  role: '--role',
  maxMessages: '--max-messages',
  expiresAt: '--expires',
  kind: '--kind',
  since: '--since',
  action: '--action',
  actor: '--actor',
  recallId: '--recall',
};

export function explain(error: unknown, words: Words, command: string): Explanation {
  if (error instanceof UsageError) return usage(error.message, words, command);
  if (error instanceof CommanderError) return usage(inWords(error, words), words, command);
  if (error instanceof CommandFailure) {
    return { status: exit.failures, code: error.code, message: error.message, errors: [] };
  }
  if (error instanceof UnreachableError) {
    const why = error.message.slice(error.message.indexOf(': ', error.url.length) + 2);
    const message = words.unreachable(error.url, printable(why));
    return { status: exit.unreachable, code: 'unreachable', message, errors: [] };
  }
  if (error instanceof ApiError) return ofApi(error, words);
  const what = error instanceof Error ? error.message : String(error);
  return { status: exit.failures, code: 'internal', message: words.internal(printable(what)), errors: [] };
}

function usage(message: string, words: Words, command: string): Explanation {
  return { status: exit.usage, code: 'usage', message: `${message}\n${words.seeHelp(command)}`, errors: [] };
}

function ofApi(error: ApiError, words: Words): Explanation {
  const errors = error.errors.map(({ path, message }) => ({ path, flag: flagOf(path), message }));
  const detail = printable(error.detail);
  const { status, code } = error;
  if (status === 401) return { status: exit.failures, code, message: words.unauthenticated, errors };
  if (status === 403) return { status: exit.failures, code, message: words.forbidden(detail), errors };
  if (status === 422) {
    const told = errors.map(({ path, flag, message }) => `${flag ?? path}: ${printable(message)}`);
    return { status: exit.usage, code, message: told.length === 0 ? words.refused(detail) : told.join('\n'), errors };
  }
  // The console knows no such path at all, whatever the id.
  if (code === 'not_found' && detail.includes('under this path')) {
    return { status: exit.failures, code: 'not_served', message: words.notServed, errors };
  }
  const more = status >= 500 && error.requestId !== null ? `\n${words.requestId(error.requestId)}` : '';
  return { status: exit.failures, code, message: words.refused(detail) + more, errors };
}

/** The longest beginning of the path that a flag sets. */
function flagOf(path: string): string | null {
  const plain = path.replaceAll(/\[\d+\]/gu, '');
  for (let at = plain; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const flag = flags[at];
    if (flag !== undefined) return flag;
  }
  return null;
}

/** commander's refusals; it puts the names into English sentences. */
function inWords({ code, message }: CommanderError, words: Words): string {
  const named = [...message.matchAll(/'([^']*)'/gu)].map(([, name]) => name ?? '');
  const [first = '', second = ''] = named;
  const flag = /(--[a-z-]+)/u.exec(first)?.[1] ?? first;
  switch (code) {
    case 'commander.unknownCommand':
      return words.unknownCommand(first);
    case 'commander.unknownOption':
      return words.unknownOption(first);
    case 'commander.missingArgument':
      return words.missingArgument(first.toUpperCase());
    case 'commander.optionMissingArgument':
      return words.optionMissingArgument(flag);
    case 'commander.missingMandatoryOptionValue':
      return words.requiredOption(flag);
    case 'commander.excessArguments':
      return words.excessArguments(named.at(-1) ?? '');
    case 'commander.conflictingOption':
      return words.conflicting(flag, /(--[a-z-]+)/u.exec(second)?.[1] ?? second);
    case 'commander.invalidArgument': {
      const choices = /Allowed choices are (.*)\.$/u.exec(message)?.[1];
      const what =
        choices === undefined
          ? message.slice(message.indexOf('is invalid.') + 11).trim()
          : words.allowedChoices(choices);
      return words.invalidArgument(flag, second, what);
    }
    default:
      return message.replace(/^error: /u, '');
  }
}
