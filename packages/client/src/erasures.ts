import { setTimeout as delay } from 'node:timers/promises';
import type { Erasure, ErasurePreview } from './generated/api.ts';
import { eachItem, type Page } from './pages.ts';
import type { InputOf, Transport } from './transport.ts';
import { isPassing } from './wait-for-end.ts';

export type ErasureQuery = NonNullable<InputOf<'listErasures'>['query']>;

/** Whom to erase, and why; the reason is kept, and must not name the person. */
export interface ErasureOrder {
  readonly sender: string;
  readonly reason: string;
}

/** Erasing persons: texts and id. It cannot be undone. */
export interface Erasures {
  /** What names the person. Changes nothing. */
  preview(order: ErasureOrder): Promise<ErasurePreview['found']>;
  create(order: ErasureOrder): Promise<Erasure>;
  get(id: string): Promise<Erasure>;
  /** A page, newest first. */
  list(query?: ErasureQuery): Promise<Page<Erasure>>;
  each(query?: Omit<ErasureQuery, 'cursor'>): AsyncGenerator<Erasure>;
  /** Reads it every half second until it is done; a console that is away for a moment does no harm. */
  wait(
    id: string,
    options?: {
      readonly onProgress?: (erasure: Erasure) => void;
      readonly everyMs?: number;
      readonly signal?: AbortSignal;
    },
  ): Promise<Erasure>;
}

export function createErasures({ call }: Transport): Erasures {
  const erasures: Erasures = {
    async preview(order) {
      const answer = await call('createErasure', { body: order });
      if ('found' in answer) return answer.found;
      throw new TypeError('the console has erased without being told to');
    },
    async create(order) {
      const answer = await call('createErasure', { body: { ...order, confirm: true } });
      if ('id' in answer) return answer;
      throw new TypeError('the console has not taken the erasure');
    },
    get: (id) => call('getErasure', { path: { id } }),
    list: (query = {}) => call('listErasures', { query }),
    each: (query = {}) => eachItem((cursor) => call('listErasures', { query: { limit: 1_000, ...query, cursor } })),
    async wait(id, { onProgress, everyMs = 500, signal } = {}) {
      for (;;) {
        signal?.throwIfAborted();
        try {
          const erasure = await erasures.get(id);
          onProgress?.(erasure);
          if (erasure.state === 'completed') return erasure;
        } catch (error) {
          if (!isPassing(error)) throw error;
        }
        await delay(everyMs, undefined, signal === undefined ? {} : { signal });
      }
    },
  };
  return erasures;
}
