import type { Desk } from './desk.ts';
import { UsageError } from './exit-status.ts';

/** Nobody is asked of what nobody can answer. @throws UsageError before anything is sent */
export function mustBeAbleToAsk({ terminal, words }: Desk, options: { yes?: boolean; json?: boolean }): void {
  if (options.yes !== true && (!terminal.interactive || options.json === true)) throw new UsageError(words.yesNeeded);
}

/** A question with a short answer; anything else is a no. */
export async function agrees({ terminal, words }: Desk, question: string): Promise<boolean> {
  const answer = await terminal.ask(question);
  return words.yesAnswers.split('|').includes(answer.toLowerCase());
}

/** Above the limit the number must be typed, so that a habit of the hand is not enough. */
export async function agreesToRecall(desk: Desk, messages: number, confirmAbove: number): Promise<boolean> {
  if (messages <= confirmAbove) return agrees(desk, desk.words.question(messages));
  const answer = await desk.terminal.ask(desk.words.typeNumber(messages));
  return answer.replaceAll(/[\s,._']/gu, '') === String(messages);
}
