import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, UnreachableError } from './errors.ts';
import type { Recall } from './generated/api.ts';

export interface WaitOptions {
  /** Told of every reading. */
  readonly onProgress?: ((recall: Recall) => void) | undefined;
  /** When to stop before the end, as at `planned`. */
  readonly until?: ((recall: Recall) => boolean) | undefined;
  /** Between two readings, ms; default 500. */
  readonly everyMs?: number | undefined;
  /** How long the console may be away before it counts as unreachable, ms; default 30,000. */
  readonly awayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const finalStates: readonly Recall['state'][] = ['completed', 'completed_with_failures', 'cancelled', 'failed'];

/** Whether nothing more happens to a recall by itself. */
export function hasEnded({ state }: Pick<Recall, 'state'>): boolean {
  return finalStates.includes(state);
}

/** Whether everything was taken back: every outcome is `recalled`, or there was nothing to take back. */
export function allRecalled({ state }: Pick<Recall, 'state'>): boolean {
  return state === 'completed';
}

/**
 * Reads a recall until it has ended. A console that is restarted in between does no harm.
 *
 * @throws ApiError | UnreachableError, or the signal's reason
 */
export async function waitForEnd(read: () => Promise<Recall>, options: WaitOptions = {}): Promise<Recall> {
  const { until } = options;
  return readUntil(read, (recall) => hasEnded(recall) || until?.(recall) === true, options);
}

/**
 * Reads a recall until no history is asked any more whether what it took back is gone.
 *
 * @throws ApiError | UnreachableError, or the signal's reason
 */
export async function waitForProof(
  read: () => Promise<Recall>,
  options: Omit<WaitOptions, 'until'> = {},
): Promise<Recall> {
  return readUntil(read, ({ proof }) => proof.verification !== 'wanted', options);
}

async function readUntil(
  read: () => Promise<Recall>,
  isDone: (recall: Recall) => boolean,
  { onProgress, everyMs = 500, awayMs = 30_000, signal }: WaitOptions,
): Promise<Recall> {
  let awaySince: number | null = null;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const recall = await read();
      awaySince = null;
      onProgress?.(recall);
      if (isDone(recall)) return recall;
    } catch (error) {
      if (!isPassing(error)) throw error;
      awaySince ??= Date.now();
      if (Date.now() - awaySince >= awayMs) throw error;
    }
    await delay(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}

/** Whether the same request may do better in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof UnreachableError || (error instanceof ApiError && error.status === 503);
}
