import { codeOf } from '@chat-recall/shared/errors';
import { startLoop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { seldom } from './seldom.ts';
import type { Spool } from './spool.ts';

/** How often the database is looked for while it is away, ms. */
const everyMs = 500;
/** Entries written together in a replay. */
const chunk = 500;
/** Entries of one file that may be refused while the database answers; with more it is not they that are odd. */
const mostRefused = 16;
/** Like events are logged this often at most, ms. */
const logEveryMs = 10_000;

/** What keeps callbacks while the database is away, and brings them in when it is back. */
export interface Outage<T> {
  /** Whether the database was away at the last look: callbacks go to the spool at once. */
  isAway(): boolean;
  /** @returns false when there is no room; nothing is kept then */
  keep(entries: readonly T[]): Promise<boolean>;
  /** Resolves when the write under way has ended; what is not brought in by then stays on the disk. */
  stop(): Promise<void>;
}

/**
 * @param parts.probe rejects while the database is away or is not fit to be written to
 * @param parts.store writes entries; what the database refuses for its content it sets aside
 */
export function createOutage<T>(parts: {
  readonly spool: Spool<T>;
  readonly awayAtStart: boolean;
  probe(): Promise<unknown>;
  store(entries: readonly T[]): Promise<void>;
  readonly log: Log;
}): Outage<T> {
  const { spool, log } = parts;
  let away = parts.awayAtStart;
  const stopping = new AbortController();
  const tellRefused = seldom<unknown>(logEveryMs, Date.now, (error, _kind, count) =>
    log.warn({ code: codeOf(error), err: error, count }, 'a callback of the spool is not taken; it is tried again'),
  );

  /** Finds those that are not taken though the database answers, one by one. */
  async function storeParts(entries: readonly T[], refused: T[]): Promise<void> {
    stopping.signal.throwIfAborted();
    try {
      await parts.store(entries);
    } catch (error) {
      await parts.probe();
      if (entries.length > 1) {
        const middle = entries.length >> 1;
        await storeParts(entries.slice(0, middle), refused);
        await storeParts(entries.slice(middle), refused);
        return;
      }
      refused.push(...entries);
      if (refused.length > mostRefused) throw error;
      tellRefused('refused', error);
    }
  }

  async function bringIn(): Promise<void> {
    if (!away && !spool.waiting && spool.refusal === undefined) return;
    try {
      await parts.probe();
    } catch {
      return;
    }
    // From here on callbacks go to the database again; the order in which they come does not matter.
    away = false;
    const { bytes } = spool;
    let entries = 0;
    await spool.replay(async (all) => {
      if (entries === 0) log.warn({ bytes }, 'the database is back: bringing in what was kept meanwhile');
      const refused: T[] = [];
      for (let at = 0; at < all.length; at += chunk) await storeParts(all.slice(at, at + chunk), refused);
      const stored = all.length - refused.length;
      entries += stored;
      // It may have been slow for a moment, with all that is brought in; it takes writes.
      if (stored > 0) away = false;
      return refused;
    });
    if (entries > 0) log.info({ callbacks: entries }, 'what was kept while the database was away is in the index');
  }

  const loop = startLoop(everyMs, bringIn, (error) => {
    if (stopping.signal.aborted) {
      log.info({ bytes: spool.bytes }, 'stopped while bringing in what was kept: the rest waits for the next start');
      return;
    }
    away = true;
    log.warn({ err: error }, 'bringing in what was kept failed; it is tried again');
  });
  return {
    isAway: () => away,
    async keep(entries) {
      const kept = await spool.append(entries);
      if (kept && !away) log.error({}, 'the database is away: callbacks are kept on the local disk');
      away = true;
      return kept;
    },
    async stop() {
      stopping.abort();
      await loop.stop();
    },
  };
}
