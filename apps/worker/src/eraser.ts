import { eraseNext, type EraserParts } from '@chat-recall/shared/erasure';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';

/** How often erasures are looked for, ms. */
const everyMs = 1_000;

/** Carries out erasures of persons, one at a time. The log names the erasure, never the person. */
export function startEraser(parts: EraserParts & { readonly log: Log }): Loop {
  const { log, signal } = parts;
  async function erase(): Promise<void> {
    while (!signal.aborted) {
      const erased = await eraseNext(parts);
      if (erased === null) return;
      const { id: erasureId, end, changed } = erased;
      if (end === 'completed') log.info({ erasureId, changed }, 'a person is erased');
    }
  }
  return startLoop(everyMs, erase, (error) => log.error({ err: error }, 'erasing failed'));
}
