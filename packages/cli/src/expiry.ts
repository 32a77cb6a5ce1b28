import { InvalidArgumentError } from 'commander';
import type { Desk } from './desk.ts';
import { parseDuration, parseTime } from './times.ts';

/** `30d` from now, or a time with its zone, in UTC. */
export function expiry(text: string, { now, words }: Desk): string {
  const ms = parseDuration(text);
  const time = ms === null ? parseTime(text) : new Date(now().getTime() + ms).toISOString();
  if (time === null) throw new InvalidArgumentError(words.expiresWrong);
  return time;
}
