import { hostname } from 'node:os';
import type { Pool } from '@chat-recall/shared/db';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Figures } from './figures.ts';

/** A row of `ingest_samples` covers so long, ms. */
const everyMs = 10_000;
/** Delays remembered of one sample: enough for its quantiles. */
const delaysKept = 2_000;

/** Figures that are also written down every ten seconds, for the console's health page. */
export interface SampledFigures extends Figures {
  readonly loop: Loop;
}

/**
 * @param onError told when a sample could not be written; it is dropped, callbacks are not held up
 */
export function sampleFigures(figures: Figures, pool: Pool, onError: (error: unknown) => void): SampledFigures {
  const receiver = `${hostname()}-${process.pid}`;
  let callbacks = 0;
  let delays: number[] = [];

  async function write(): Promise<void> {
    if (callbacks === 0) return;
    const sorted = delays.sort((a, b) => a - b);
    const quantile = (share: number): number | null => sorted[Math.floor(sorted.length * share)] ?? null;
    const values = [receiver, callbacks, quantile(0.5), quantile(0.95)];
    callbacks = 0;
    delays = [];
    await pool.query(
      `insert into ingest_samples (at, receiver, callbacks, delay_p50, delay_p95) values (now(), $1, $2, $3, $4)`,
      values,
    );
  }

  return {
    ...figures,
    callback(command, result) {
      if (result === 'stored') callbacks += 1;
      figures.callback(command, result);
    },
    delay(seconds) {
      // A reservoir would be fairer; the first ones of ten seconds are fair enough, and cheap.
      if (delays.length < delaysKept) delays.push(Math.max(0, seconds));
      figures.delay(seconds);
    },
    loop: startLoop(everyMs, write, onError),
  };
}
