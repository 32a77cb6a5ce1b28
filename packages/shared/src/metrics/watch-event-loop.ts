import { Counter, type Registry } from 'prom-client';

/** How often the loop is asked to turn, ms. */
const everyMs = 500;
/** A turn that comes this much too late is a stall, ms: callbacks and calls were held up for as long. */
const stallMs = 1_000;
/** Stalls are told this often at most, ms. */
const tellEveryMs = 60_000;

/** What is told of stalls. */
export interface Stalls {
  /** Since they were told last. */
  readonly stalls: number;
  readonly longestMs: number;
}

/**
 * Counts when something kept the process from all other work for a second or longer; Node's own histogram of the
 * delay (`nodejs_eventloop_lag_*`) shows shorter ones. A machine that slept counts, too.
 *
 * @param onStalls told at the first, then at most once a minute
 * @returns ends it
 */
export function watchEventLoop(registry: Registry, onStalls: (stalls: Stalls) => void): () => void {
  const counter = new Counter({
    name: 'chat_recall_event_loop_stalls_total',
    help: 'Times that the process did nothing else for a second or longer.',
    registers: [registry],
  });
  let turned = performance.now();
  let toldAt = -Infinity;
  let untold = 0;
  let longest = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    const late = now - turned - everyMs;
    turned = now;
    if (late >= stallMs) {
      counter.inc();
      untold += 1;
      longest = Math.max(longest, late);
    }
    if (untold === 0 || now - toldAt < tellEveryMs) return;
    onStalls({ stalls: untold, longestMs: Math.round(longest) });
    toldAt = now;
    untold = 0;
    longest = 0;
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
