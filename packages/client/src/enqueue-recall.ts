import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Recall, RecallRequest } from './generated/api.ts';
import type { Transport } from './transport.ts';
import { isPassing } from './wait-for-end.ts';

export interface EnqueueOptions {
  /** The same key with the same request gives the same recall; 1 to 255 printable ASCII characters. Default: a new one. */
  readonly idempotencyKey?: string | undefined;
  /** How often a lost or unavailable answer is asked for again; default 3. */
  readonly retries?: number | undefined;
}

/** Before the first repetition, ms; twice as long before each further one. */
const firstPauseMs = 250;

/**
 * Stores a recall over HTTP; workers carry it out. A request whose answer was lost is repeated under the
 * same idempotency key, so that it makes one recall at most.
 *
 * @throws ApiError: `invalid_request` with every fault, `conflict` when the key was used for another request
 * @throws UnreachableError
 */
export async function enqueueRecall(
  transport: Pick<Transport, 'call'>,
  request: RecallRequest,
  options: EnqueueOptions = {},
): Promise<Recall> {
  const { idempotencyKey = randomUUID(), retries = 3 } = options;
  for (let tries = 0; ; tries += 1) {
    try {
      return await transport.call('createRecall', { header: { 'Idempotency-Key': idempotencyKey }, body: request });
    } catch (error) {
      if (!isPassing(error) || tries >= retries) throw error;
      await delay(firstPauseMs * 2 ** tries);
    }
  }
}
