import { ApiError, type Client, type Health } from '@chat-recall/client';
import { span } from '../spans.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

/** Quiet for longer than this is told of, s: groups may be quiet, a switched-off callback is for ever. */
const longQuietSeconds = 3_600;
/** A batch waits for a second or two while a worker is there. */
const longWaitSeconds = 60;

/** Whether callbacks come in and batches go out, as far as the console can tell. */
export async function checkWork(client: Client, words: Words): Promise<Check[]> {
  let health: Health;
  try {
    health = await client.health();
  } catch (error) {
    // A token that may not, or a console that cannot: then this stays unsaid.
    if (error instanceof ApiError) return [];
    throw error;
  }
  return [callbacks(health, words), worker(health, words)];
}

function callbacks({ at, ingest }: Health, words: Words): Check {
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
