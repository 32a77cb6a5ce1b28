import { UnreachableError, type Client } from '@chat-recall/client';
import { printable } from '../printable.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

/** Clocks that differ by more than this are told of, s; the header has whole seconds only. */
const tolerableSkewSeconds = 5;
const parts = ['database', 'migrations', 'queue'] as const;

/** Console, its parts as it names them, and its clock against ours. */
export async function checkConsole(client: Client, url: string, now: () => Date, words: Words): Promise<Check[]> {
  let answer: Awaited<ReturnType<Client['readiness']>>;
  const asked = now().getTime();
  try {
    answer = await client.readiness();
  } catch (error) {
    if (!(error instanceof UnreachableError)) throw error;
    return [check('console', 'failed', printable(error.message), words.doctorStart)];
  }
  const { readiness, date } = answer;
  if (readiness === null) {
    return [check('console', 'failed', words.doctorWebhookOther(answer.status), words.doctorNotOurs)];
  }
  const advice = { database: words.doctorDatabase, migrations: words.doctorMigrations, queue: words.doctorQueue };
  return [
    check('console', 'ok', words.doctorReached(url)),
    ...parts.map((name) => {
      const state = readiness.parts[name] ?? 'ok';
      return state === 'ok'
        ? check(name, 'ok', words.doctorPartOk)
        : check(name, 'failed', printable(state), advice[name]);
    }),
    clock(date, (asked + now().getTime()) / 2, words),
  ];
}

function clock(date: Date | null, nowMs: number, words: Words): Check {
  if (date === null) return check('clock', 'skipped', words.doctorNoDate);
  // The header is cut to whole seconds: half a second later on average.
  const seconds = Math.abs(Math.round((date.getTime() + 500 - nowMs) / 1_000));
  if (seconds <= tolerableSkewSeconds) return check('clock', 'ok', words.doctorClockOk(String(seconds)));
  return check('clock', 'failed', words.doctorClockOff(String(seconds)), words.doctorClockAdvice);
}
