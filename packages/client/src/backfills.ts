import { setTimeout as delay } from 'node:timers/promises';
import type { Backfill, BackfillDetails, BackfillRequest } from './generated/api.ts';
import { eachItem, type Page } from './pages.ts';
import type { InputOf, Transport } from './transport.ts';
import { isPassing } from './wait-for-end.ts';

export type BackfillQuery = NonNullable<InputOf<'listBackfills'>['query']>;

/** Reading an app's history into the index. */
export interface Backfills {
  /** ApiError `conflict` while another one is open. */
  create(request: BackfillRequest): Promise<BackfillDetails>;
  get(id: string): Promise<BackfillDetails>;
  /** A page, newest first. */
  list(query?: BackfillQuery): Promise<Page<Backfill>>;
  each(query?: Omit<BackfillQuery, 'cursor'>): AsyncGenerator<Backfill>;
  pause(id: string): Promise<BackfillDetails>;
  resume(id: string): Promise<BackfillDetails>;
  cancel(id: string): Promise<BackfillDetails>;
  /** Reads it every second until it has ended, or `until` says so; a console that is away for a moment does no harm. */
  wait(
    id: string,
    options?: {
      readonly onProgress?: (backfill: BackfillDetails) => void;
      readonly until?: (backfill: BackfillDetails) => boolean;
      readonly everyMs?: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<BackfillDetails>;
}

const finalStates: readonly Backfill['state'][] = ['completed', 'cancelled', 'failed'];

export function createBackfills({ call }: Transport): Backfills {
  const get = (id: string): Promise<BackfillDetails> => call('getBackfill', { path: { id } });
  return {
    get,
    create: (body) => call('createBackfill', { body }),
    list: (query = {}) => call('listBackfills', { query }),
    each: (query = {}) => eachItem((cursor) => call('listBackfills', { query: { limit: 1_000, ...query, cursor } })),
    pause: (id) => call('pauseBackfill', { path: { id } }),
    resume: (id) => call('resumeBackfill', { path: { id } }),
    cancel: (id) => call('cancelBackfill', { path: { id } }),
    async wait(id, { onProgress, until, everyMs = 1_000, signal } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        try {
          const backfill = await get(id);
          onProgress?.(backfill);
          if (finalStates.includes(backfill.state) || until?.(backfill) === true) return backfill;
        } catch (error) {
          if (!isPassing(error)) throw error;
        }
        await delay(everyMs, undefined, signal === undefined ? {} : { signal });
      }
    },
  };
}
