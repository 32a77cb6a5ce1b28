import type { Db } from '@chat-recall/shared/db';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import type { HashPieces } from '@chat-recall/shared/messages';
import { dueFollows, lookForLate } from '@chat-recall/shared/recalls';

/** How often the recalls that follow are looked for, ms. */
const everyMs = 250;
/** Looks at once: one that takes long does not hold up the others. */
const looksAtOnce = 4;

/**
 * Looks for what matches a recall after its plan was frozen, as long as it follows, and has it called. Any
 * number of workers may do so; each recall is looked at by one at a time.
 */
export function startFollower(parts: {
  db: Db;
  /** Finds messages that are kept as pieces. */
  hash: HashPieces | null;
  log: Log;
  /** There are batches to feed. */
  onAppended: (messages: number) => void;
}): Loop {
  const { db, hash, log, onAppended } = parts;
  const looking = new Map<string, Promise<void>>();

  async function begin(): Promise<void> {
    for (const id of await dueFollows(db)) {
      if (looking.has(id)) continue;
      if (looking.size >= looksAtOnce) await Promise.race(looking.values());
      looking.set(
        id,
        lookAt(id).finally(() => looking.delete(id)),
      );
    }
  }

  async function lookAt(recallId: string): Promise<void> {
    try {
      const look = await lookForLate(db, recallId, hash);
      if (look === null) return;
      const { appended, leftOut, capped, ended } = look;
      if (appended > 0) onAppended(appended);
      if (appended + leftOut > 0) log.debug({ recallId, appended, leftOut }, 'messages came late');
      if (capped) log.warn({ recallId, leftOut }, 'a rule has reached its cap of the day');
      if (ended) log.info({ recallId }, 'a recall follows no longer');
    } catch (error) {
      log.error({ err: error, recallId }, 'looking for late messages failed');
    }
  }

  const loop = startLoop(everyMs, begin, (error) => log.error({ err: error }, 'looking for follows failed'));
  return {
    kick: () => loop.kick(),
    async stop() {
      await loop.stop();
      await Promise.all(looking.values());
    },
  };
}
