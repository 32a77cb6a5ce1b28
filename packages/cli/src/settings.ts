import { readFileSync } from 'node:fs';
import { UsageError } from './exit-status.ts';
import type { Words } from './words/words.ts';

export interface Settings {
  readonly url: string;
  readonly token: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a console listens by default. */
export const defaultUrl = 'http://127.0.0.1:8081';

/** @throws UsageError for an address that is none */
export function readUrl(flag: string | undefined, environment: Environment, words: Words): string {
  const given = flag ?? nonEmpty(environment['CHAT_RECALL_URL']) ?? defaultUrl;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/u.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new UsageError(words.urlWrong(flag === undefined ? 'CHAT_RECALL_URL' : '--url'));
  }
  return given;
}

/**
 * From a file named by `--token-file` or CHAT_RECALL_TOKEN_FILE, else from CHAT_RECALL_TOKEN. There is no
 * flag for the token itself: it would stand in the list of processes and in the shell's history.
 *
 * @throws UsageError when there is none, or one that no header can hold
 */
export function readToken(flag: string | undefined, environment: Environment, words: Words): string {
  const file = flag ?? nonEmpty(environment['CHAT_RECALL_TOKEN_FILE']);
  const name = flag === undefined ? 'CHAT_RECALL_TOKEN_FILE' : '--token-file';
  const token = file === undefined ? nonEmpty(environment['CHAT_RECALL_TOKEN']) : contents(file, name, words);
  if (token === undefined) throw new UsageError(words.tokenMissing);
  if (!/^[!-~]+$/u.test(token)) throw new UsageError(words.tokenWrong(file === undefined ? 'CHAT_RECALL_TOKEN' : name));
  return token;
}

/**
 * The app that is asked about, from `--app` or CHAT_RECALL_APP; undefined: the console's first.
 *
 * @throws UsageError for what is no SDKAppID
 */
export function readApp(flag: number | undefined, environment: Environment, words: Words): number | undefined {
  const given = nonEmpty(environment['CHAT_RECALL_APP']);
  if (flag !== undefined || given === undefined) return flag;
  if (!/^[1-9]\d{0,14}$/u.test(given)) throw new UsageError(`CHAT_RECALL_APP: ${words.appWrong}`);
  return Number(given);
}

function contents(file: string, name: string, words: Words): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new UsageError(words.fileUnreadable(name, file, error instanceof Error ? error.message : ''));
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
