import { readFileSync } from 'node:fs';
import type { RegisterMessages } from '@chat-recall/client';
import { UsageError } from './exit-status.ts';
import type { Words } from './words/words.ts';

/** A message as the console takes it; whether it is one is for the console to judge. */
export type Registered = RegisterMessages['messages'][number];

/** The platform's names for what a request to send and its answer hold together. */
const names: Readonly<Record<string, keyof Registered>> = {
  GroupId: 'groupId',
  TopicId: 'topicId',
  From_Account: 'sender',
  MsgBody: 'msgBody',
  MsgSeq: 'msgSeq',
  MsgTime: 'msgTime',
  MsgDropReason: 'msgDropReason',
};

/**
 * Messages from a file (`-`: standard input) that is a JSON array, `{ "messages": […] }`, or one JSON object
 * a line: with the names of the API, or with those of the platform, of which the others are passed over.
 *
 * @throws UsageError for what is no JSON, with its line
 */
export function readRegistered(file: string, words: Words): readonly Registered[] {
  const messages = valuesOf(contents(file, words), file, words).map(asRegistered);
  if (messages.length === 0) throw new UsageError(words.coverage.nothingToRegister(file));
  return messages;
}

function valuesOf(text: string, file: string, words: Words): readonly object[] {
  const whole = parsed(text);
  const list = Array.isArray(whole)
    ? whole
    : isObject(whole) && Array.isArray(whole['messages'])
      ? whole['messages']
      : null;
  if (list === null) return linesOf(text, file, words);
  const wrong = list.findIndex((value) => !isObject(value));
  if (wrong !== -1) throw new UsageError(words.coverage.wrongMessage(file, wrong + 1, words.coverage.noObject));
  return list as readonly object[];
}

function linesOf(text: string, file: string, words: Words): readonly object[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const value = parsed(line);
    if (!isObject(value)) throw new UsageError(words.coverage.notJson(file, at + 1));
    return [value];
  });
}

function asRegistered(value: object): Registered {
  const entries = Object.entries(value);
  if (!('GroupId' in value)) return value as Registered;
  return Object.fromEntries(
    entries.flatMap(([name, given]) => (names[name] ? [[names[name], given]] : [])),
  ) as Registered;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function contents(file: string, words: Words): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8').replace(/^\u{feff}/u, '');
  } catch (error) {
    throw new UsageError(words.fileUnreadable('FILE', file, error instanceof Error ? error.message : ''));
  }
}
