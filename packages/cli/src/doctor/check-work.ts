import { ApiError, type Client, type Health } from '@chat-recall/client';
import { showSilence } from '../show-silence.ts';
import { span } from '../spans.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

/** Quiet for longer than this is told of, s: groups may be quiet, a switched-off callback is for ever. */
const longQuietSeconds = 3_600;
/** A batch waits for a second or two while a worker is there. */
const longWaitSeconds = 60;

/** Whether callbacks come in, batches go out and the index is whole, as far as the console can tell. */
export async function checkWork(client: Client, words: Words): Promise<Check[]> {
  let health: Health;
  try {
    health = await client.health();
  } catch (error) {
    // A token that may not, or a console that cannot: then this stays unsaid.
    if (error instanceof ApiError) return [];
    throw error;
  }
  return [callbacks(health, words), worker(health, words), coverage(health, words), history(health, words)];
}

function callbacks(health: Health, words: Words): Check {
  const { at, ingest } = health;
  const silence = showSilence(health, words);
  if (silence !== null) return check('callbacks', 'failed', silence, words.health.doctorSilentAdvice);
  if (ingest.lastCallbackAt === null) {
    return check('callbacks', 'warning', words.doctorCallbacksNone, words.doctorCallbacksAdvice);
  }
  const seconds = (Date.parse(at) - Date.parse(ingest.lastCallbackAt)) / 1_000;
  if (seconds <= longQuietSeconds) return check('callbacks', 'ok', words.doctorCallbacksOk(span(seconds)));
  return check('callbacks', 'warning', words.doctorCallbacksOld(span(seconds)), words.doctorCallbacksAdvice);
}

function worker({ batches }: Health, words: Words): Check {
  const seconds = batches.oldestQueuedSeconds;
  if (seconds <= longWaitSeconds) return check('worker', 'ok', words.doctorWorkerOk);
  return check('worker', 'failed', words.doctorWorkerStuck(span(seconds)), words.doctorWorkerAdvice);
}

function coverage({ coverage: { missing, incomplete } }: Health, { health: said }: Words): Check {
  if (missing === 0) return check('coverage', 'ok', said.doctorIndexOk);
  return check('coverage', 'warning', said.doctorIndexMissing(missing, incomplete), said.doctorIndexAdvice);
}

function history({ coverage: { refused } }: Health, { health: said }: Words): Check {
  if (refused === 0) return check('history', 'ok', said.doctorHistoryOk);
  return check('history', 'warning', said.doctorHistoryRefused(refused), said.doctorHistoryAdvice);
}
