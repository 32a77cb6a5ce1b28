import { readFileSync } from 'node:fs';
import type { RecallRequest, Selector } from '@chat-recall/client';
import { Option, type Command } from 'commander';
import { UsageError } from './exit-status.ts';
import { readSequences } from './read-sequences.ts';
import { collect, countOption, durationOption, timeOption } from './times.ts';
import type { Words } from './words/words.ts';

/** What selects messages on the command line. */
export interface SelectorOptions {
  readonly sender?: readonly string[];
  readonly senderFile?: string;
  readonly keyword?: readonly string[];
  readonly group?: readonly string[];
  readonly topic?: readonly string[];
  readonly excludeSender?: readonly string[];
  /** ms */
  readonly since?: number;
  readonly from?: string;
  readonly to?: string;
}

export interface RequestOptions extends SelectorOptions {
  readonly file?: string;
  readonly sameTextAs?: string;
  readonly limit?: number;
  readonly reason: string;
  readonly priority?: NonNullable<RecallRequest['priority']>;
  readonly canary?: number;
  readonly canaryMaxFailed?: number;
  /** ms */
  readonly follow?: number;
  readonly verifySenders?: boolean;
  readonly refresh?: boolean;
  readonly idempotencyKey?: string;
}

/** Flags of `search`, `plan` and `create` alike. */
export function withSelector(command: Command, words: Words): Command {
  return command
    .option('-s, --sender <userId>', words.flag.sender, collect)
    .option('-k, --keyword <text>', words.flag.keyword, collect)
    .option('-g, --group <groupId>', words.flag.group, collect)
    .option('-t, --topic <topicId>', words.flag.topic, collect)
    .addOption(
      new Option('--since <duration>', words.flag.since)
        .argParser(durationOption(words.durationWrong))
        .conflicts('from'),
    )
    .option('--from <time>', words.flag.from, timeOption(words.timeWrong))
    .option('--to <time>', words.flag.to, timeOption(words.timeWrong));
}

/** Flags of recalls and rules alike. */
export function withMore(command: Command, words: Words): Command {
  return withSelector(command, words)
    .option('--sender-file <file>', words.flag.senderFile)
    .option('--exclude-sender <userId>', words.flag.excludeSender, collect)
    .option('--same-text-as <group[/topic]:seq>', words.flag.sameTextAs)
    .option('--limit <n>', words.flag.limit, countOption(words.countWrong))
    .option('-r, --reason <text>', words.flag.reason)
    .addOption(new Option('--priority <priority>', words.flag.priority).choices(['urgent', 'normal', 'bulk']));
}

/** Flags that only a request for a recall has. */
export function withRequest(command: Command, words: Words): Command {
  return withMore(command, words)
    .option('--file <csv>', words.flag.file)
    .option('--canary <n>', words.flag.canary, countOption(words.countWrong, 1, 1_000))
    .option('--canary-max-failed <percent>', words.flag.canaryMaxFailed, countOption(words.percentWrong, 0, 100))
    .option('--follow <duration>', words.flag.follow, durationOption(words.durationWrong))
    .option('--verify-senders', words.proof.flag.verifySenders)
    .option('--refresh', words.proof.flag.refresh)
    .option('--idempotency-key <key>', words.flag.idempotencyKey);
}

/** @throws UsageError for what the flags do not show by themselves */
export function requestOf(options: RequestOptions, now: Date, words: Words): RecallRequest {
  if (options.reason === undefined || options.reason.trim() === '') throw new UsageError(words.reasonMissing);
  if (options.since !== undefined && options.idempotencyKey !== undefined) throw new UsageError(words.sinceWithKey);
  const canary =
    options.canary === undefined && options.canaryMaxFailed === undefined
      ? {}
      : {
          canary: {
            ...(options.canary === undefined ? {} : { messages: options.canary }),
            ...(options.canaryMaxFailed === undefined ? {} : { maxFailedShare: options.canaryMaxFailed / 100 }),
          },
        };
  return {
    selector: selectorOf(options, now, words),
    reason: options.reason,
    // Always frozen and shown first; carried out once it was agreed to.
    mode: 'plan',
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...canary,
    ...(options.follow === undefined ? {} : { followSeconds: options.follow / 1_000 }),
    ...(options.verifySenders === true ? { verifySenders: true } : {}),
    ...(options.refresh === true ? { refresh: true } : {}),
  };
}

/** @throws UsageError */
export function selectorOf(options: Omit<RequestOptions, 'reason'>, now: Date, words: Words): Selector {
  const { keyword, group, topic, excludeSender, limit } = options;
  const senders = [...(options.sender ?? []), ...sendersOf(options.senderFile, words)];
  const messages = options.file === undefined ? undefined : readSequences(options.file, words);
  const sameTextAs = options.sameTextAs === undefined ? undefined : sequenceOf(options.sameTextAs, words);
  const named = senders.length > 0 || [keyword, messages, sameTextAs].some((part) => part !== undefined);
  const { sentFrom, sentTo } = windowOf(options, now);
  if (!named && sentFrom === undefined) throw new UsageError(words.nothingSelected);
  if (!named && sentTo === undefined && options.idempotencyKey !== undefined)
    throw new UsageError(words.openEndWithKey);
  const selector: Selector = {
    senders: senders.length === 0 ? undefined : senders,
    keywords: keyword,
    groupIds: group,
    topicIds: topic,
    excludeSenders: excludeSender,
    messages,
    sameTextAs,
    limit,
    sentFrom,
    // A window alone needs both ends. Elsewhere an open one is better: this clock may be slow.
    sentTo: sentTo ?? (named ? undefined : now.toISOString()),
  };
  return Object.fromEntries(Object.entries(selector).filter(([, value]) => value !== undefined)) as Selector;
}

/** @returns ISO 8601 in UTC; `sentTo` only where it was given */
export function windowOf(
  { since, from, to }: Pick<SelectorOptions, 'since' | 'from' | 'to'>,
  now: Date,
): { sentFrom: string | undefined; sentTo: string | undefined } {
  return { sentFrom: since === undefined ? from : new Date(now.getTime() - since).toISOString(), sentTo: to };
}

/** `@TGS#2ABC:41` or `@TGS#_@TGS#cABC/@TGS#_@TGS#cABC@TOPIC#_T:41`; ids of groups may hold `/` and `:` themselves. */
export function sequenceOf(text: string, words: Words): NonNullable<Selector['sameTextAs']> {
  const [, groupId = '', topicId, seq] = /^(.+?)(?:\/([^/]*@TOPIC#.*))?:(\d{1,15})$/u.exec(text) ?? [];
  if (groupId === '' || Number(seq) < 1) throw new UsageError(words.sequenceWrong);
  return { groupId, topicId: topicId ?? null, msgSeq: Number(seq) };
}

/** One UserID a line; empty lines and those that begin with `#` do not count. */
function sendersOf(file: string | undefined, words: Words): string[] {
  if (file === undefined) return [];
  try {
    const lines = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/u);
    return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    throw new UsageError(words.fileUnreadable('--sender-file', file, error instanceof Error ? error.message : ''));
  }
}
