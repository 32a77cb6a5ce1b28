import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import type { Spool } from './spool.ts';

/** How often the database is looked for while it is away, ms. */
const everyMs = 500;
/** Entries written together in a replay. */
const chunk = 500;

/** What keeps callbacks while the database is away, and brings them in when it is back. */
export interface Outage<T> {
  /** Whether the database was away at the last look: callbacks go to the spool at once. */
  isAway(): boolean;
  /** @returns false when there is no room; nothing is kept then */
  keep(entries: readonly T[]): Promise<boolean>;
  readonly loop: Loop;
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

  async function bringIn(): Promise<void> {
    if (!away && !spool.waiting) return;
    try {
      await parts.probe();
    } catch {
      return;
    }
    // From here on callbacks go to the database again; the order in which they come does not matter.
    away = false;
    if (!spool.waiting) return;
    log.warn({ bytes: spool.bytes }, 'the database is back: bringing in what was kept meanwhile');
    let entries = 0;
    await spool.replay(async (all) => {
      for (let at = 0; at < all.length; at += chunk) await parts.store(all.slice(at, at + chunk));
      entries += all.length;
    });
    log.info({ callbacks: entries }, 'what was kept while the database was away is in the index');
  }

  return {
    isAway: () => away,
    async keep(entries) {
      const kept = await spool.append(entries);
      if (kept && !away) log.error({}, 'the database is away: callbacks are kept on the local disk');
      away = true;
      return kept;
    },
    loop: startLoop(everyMs, bringIn, (error) => {
      away = true;
      log.warn({ err: error }, 'bringing in what was kept failed; it is tried again');
    }),
  };
}
